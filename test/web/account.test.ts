import { describe, expect, test } from "vitest";
import { browserName } from "../../web/pages/account/browser-name.ts";
import { isAcceptable, passwordFacts } from "../../web/pages/activation/password-rules.ts";

const odile = { minLength: 15, maxLength: 128, known: ["ITCare", "Odile Renaud", "odile.renaud@asclepia.example", "Asclepia"] };

describe("what Odile is told while she types her password", () => {
  test("a few words of her own will do, accents and spaces included", () => {
    for (const password of ["brume tiède sous sept ponts", "mossy-kettle-orbits", "静かな湖に七つの月が浮かんでいる夜"])
      expect(isAcceptable(passwordFacts(password, odile)), password).toBe(true);
  });

  test("its length counts characters as she sees them, however they are composed", () => {
    expect(passwordFacts("e\u0301".repeat(3), odile).length).toBe(3);
    expect(passwordFacts("🗝️".slice(0, 2), odile).length).toBe(1);
    expect(passwordFacts("mossy kettles!", odile)).toMatchObject({ length: 14, longEnough: false });
    expect(passwordFacts("x".repeat(129), odile).shortEnough).toBe(false);
  });

  test("her own names are no password, however they are put together", () => {
    for (const password of ["OdileRenaudITCare", "odile.renaud@asclepia.example", "Asclepia-Odile-ITCare"])
      expect(passwordFacts(password, odile).own, password).toBe(false);
    expect(passwordFacts("", odile)).toMatchObject({ own: false, varied: false });
  });

  test("one pattern over and over is no password", () => {
    for (const password of ["abcdefgabcdefgabc", "aaaaaaaaaaaaaaaaaaa", "121212121212121212"])
      expect(passwordFacts(password, odile).varied, password).toBe(false);
  });
});

describe("a session's browser", () => {
  test("is named as its user would", () => {
    const agent = (rest: string) => `Mozilla/5.0 ${rest}`;
    expect(browserName(agent("(X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"))).toEqual({
      browser: "Chrome",
      system: "Linux",
    });
    expect(browserName(agent("(Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0"))).toEqual({
      browser: "Edge",
      system: "Windows",
    });
    expect(browserName(agent("(Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Safari/605.1"))).toEqual({
      browser: "Safari",
      system: "macOS",
    });
    expect(
      browserName(agent("(iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1")),
    ).toEqual({ browser: "Safari", system: "iPhone" });
    expect(browserName(agent("(Android 16; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0"))).toEqual({ browser: "Firefox", system: "Android" });
    expect(browserName("curl/8.5.0")).toBeNull();
  });
});

/** When a member is the last one that serves, how a balancer does, what a health monitor makes of its probes, and what a URL may be called. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hostOf,
  isHealthy,
  isHostIn,
  memberStateList,
  memberStatusList,
  operatingStatus,
  outageWithout,
  type Serving,
} from "../../worker/contract/load-balancers.ts";
import { createBalancer } from "../../worker/contract/shapes/load-balancers.ts";
import { dataCenterList } from "../../worker/contract/topology.ts";
import { connectionsLeft, drainTakes, judge, LONGEST_DRAIN, type Probed } from "../../worker/zones/simulated/health-monitor.ts";

const up = (dataCenter: Serving["dataCenter"] = "EB4"): Serving => ({ state: "enabled", status: "up", dataCenter });
const serving = fc.record({
  state: fc.constantFrom(...memberStateList),
  status: fc.constantFrom(...memberStatusList),
  dataCenter: fc.constantFrom(...dataCenterList),
});

describe("what stops serving without a member", () => {
  test("the last healthy one takes the balancer with it, whatever else is a member of it", () => {
    expect(outageWithout(up(), [], "ACTIVE")).toMatchObject({ of: "balancer" });
    const useless: Serving[] = [
      { state: "enabled", status: "down", dataCenter: "EB4" },
      { state: "enabled", status: "unknown", dataCenter: "EB4" },
      { state: "disabled", status: "user_down", dataCenter: "EB4" },
    ];
    expect(outageWithout(up(), useless, "ACTIVE")).toMatchObject({ of: "balancer" });
  });

  test("the last healthy one of a data center takes that with it; one of two does not", () => {
    expect(outageWithout(up("EB5"), [up("EB4"), up("EB4")], "ACTIVE")).toMatchObject({ of: "data-center", says: expect.stringContaining("EB5") });
    expect(outageWithout(up("EB4"), [up("EB4"), up("EB5")], "ACTIVE")).toBeNull();
  });

  test("what serves nothing takes nothing with it: a member that is not healthy, a balancer that is stopped", () => {
    expect(outageWithout({ ...up(), status: "down" }, [], "ACTIVE")).toBeNull();
    expect(outageWithout({ ...up(), state: "disabled" }, [], "ACTIVE")).toBeNull();
    expect(outageWithout(up(), [], "INACTIVE")).toBeNull();
  });

  test("members that are told off one after the other, each only where nothing is lost, leave as many data centers as there were", () => {
    fc.assert(
      fc.property(fc.array(serving, { maxLength: 12 }), (members) => {
        const centers = (list: readonly Serving[]) => new Set(list.filter(isHealthy).map(({ dataCenter }) => dataCenter)).size;
        let left = members;
        for (const member of members) {
          const others = left.filter((other) => other !== member);
          if (!outageWithout(member, others, "ACTIVE")) left = others;
        }
        expect(centers(left)).toBe(centers(members));
      }),
    );
  });
});

test("how a balancer does is said of the members that are wanted and known", () => {
  expect(operatingStatus("INACTIVE", { known: 3, up: 3 })).toBe("OFFLINE");
  expect(operatingStatus("ACTIVE", { known: 0, up: 0 })).toBe("NO_MONITOR");
  expect(operatingStatus("ACTIVE", { known: 2, up: 0 })).toBe("ERROR");
  expect(operatingStatus("ACTIVE", { known: 2, up: 1 })).toBe("DEGRADED");
  expect(operatingStatus("ACTIVE", { known: 2, up: 2 })).toBe("ONLINE");
});

describe("a health monitor", () => {
  const monitor = { interval: 5, rise: 2, fall: 3 };
  const never: Probed = { verdict: "none", good: null, since: 0 };
  const run = (probes: readonly (readonly [number, boolean])[], pace = 1) =>
    probes.reduce((probed, [at, good]) => judge(probed, good, monitor, pace, at), never).verdict;

  test("makes a member up after two good probes in a row, and down after three bad ones", () => {
    expect(run([[0, true]])).toBe("none");
    expect(
      run([
        [0, true],
        [4_999, true],
      ]),
    ).toBe("none");
    expect(
      run([
        [0, true],
        [5_000, true],
      ]),
    ).toBe("up");
    expect(
      run([
        [0, true],
        [5_000, true],
        [10_000, false],
        [19_999, false],
      ]),
    ).toBe("up");
    expect(
      run([
        [0, true],
        [5_000, true],
        [10_000, false],
        [20_000, false],
      ]),
    ).toBe("down");
  });

  test("begins to count anew when the probes change their mind", () => {
    expect(
      run([
        [0, true],
        [5_000, true],
        [10_000, false],
        [15_000, true],
        [16_000, false],
        [25_000, false],
      ]),
    ).toBe("up");
  });

  test("needs one probe where time stands still", () => {
    expect(run([[0, true]], 0)).toBe("up");
    expect(
      run(
        [
          [0, true],
          [0, false],
        ],
        0,
      ),
    ).toBe("down");
  });
});

test("clients leave a drained member one after the other, and nobody is waited for longer than 30 seconds", () => {
  expect(connectionsLeft(50, 0)).toBe(50);
  expect(connectionsLeft(50, 5_000)).toBeLessThan(20);
  expect(drainTakes(0)).toBe(0);
  for (const clients of [1, 12, 72, 5_000]) {
    expect(drainTakes(clients)).toBeLessThanOrEqual(LONGEST_DRAIN);
    expect(connectionsLeft(clients, drainTakes(clients))).toBe(0);
  }
});

describe("a URL", () => {
  test("is known by its host, whatever its scheme and case", () => {
    expect(["shop.asclepia.example", "http://Shop.asclepia.example", "https://shop.asclepia.example"].map(hostOf)).toEqual(
      Array.from({ length: 3 }, () => "shop.asclepia.example"),
    );
  });

  test("lies in its domain, and is a name that DNS can hold", () => {
    expect(isHostIn("shop.asclepia.example", "asclepia.example")).toBe(true);
    for (const host of [
      "shop.other.example",
      "asclepia.example",
      "shopasclepia.example",
      ".asclepia.example",
      "a..asclepia.example",
      "-a.asclepia.example",
    ])
      expect(isHostIn(host, "asclepia.example"), host).toBe(false);
  });
});

describe("a creation's body", () => {
  const body = {
    serviceId: 1,
    area: "EB-HDS",
    networkId: 2,
    url: "Shop.asclepia.example",
    domain: "asclepia.example",
    profileName: "HTTP",
    healthcheck: "/health",
    persistence: "cookie",
    portMembers: 8080,
    members: [5, { id: 6, port: 81 }],
  };

  test("is understood in its short forms, defaults included: what is signed says all of it", () => {
    expect(createBalancer.parse(body)).toMatchObject({
      url: "shop.asclepia.example",
      healthcheck: { type: "HTTP", path: "/health", expectedStatus: 200, interval: 5, timeout: 3, rise: 2, fall: 3 },
      persistence: { default: "cookie", fallback: null },
      members: [
        { id: 5, state: "enabled" },
        { id: 6, port: 81, state: "enabled" },
      ],
      loadBalancingMode: "round-robin",
      redirectToHttps: false,
    });
    expect(createBalancer.parse({ ...body, healthcheck: "TCP", persistence: "none" })).toMatchObject({
      healthcheck: { type: "TCP", path: null, expectedStatus: null },
      persistence: { default: null, fallback: null },
    });
  });

  test.each([
    [{ url: "1shop.asclepia.example" }, "url"],
    [{ url: "shop_.asclepia.example" }, "url"],
    [{ portMembers: 0 }, "portMembers"],
    [{ portMembers: 65_536 }, "portMembers"],
    [{ area: "EB-QA" }, "area"],
    [{ profileName: "UDP" }, "profileName"],
    [{ loadBalancingMode: "random" }, "loadBalancingMode"],
    [{ members: [5, 5] }, "members"],
    [{ members: [5, { id: 5, port: 8080 }] }, "members"],
    [{ healthcheck: { interval: 2, timeout: 3 } }, "healthcheck"],
    [{ members: Array.from({ length: 33 }, (_, index) => index + 1) }, "members"],
  ])("is refused with %o", (change, field) => {
    const { error } = createBalancer.safeParse({ ...body, ...change });
    expect(error?.issues[0]?.path[0]).toBe(field);
  });

  test("may name one instance by two ports", () => {
    expect(createBalancer.safeParse({ ...body, members: [5, { id: 5, port: 8081 }] }).success).toBe(true);
  });
});

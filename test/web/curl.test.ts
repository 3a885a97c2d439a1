import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { curlFor } from "../../web/actions/curl.ts";

it("writes the stop of an instance as a call that anybody can repeat", () => {
  expect(
    curlFor({ label: "stop-instance", params: { instance: 4294967338 }, body: { operation: "stop" }, etag: '"3.0"' }, "https://itcare.example"),
  ).toBe(
    [
      "curl -X PATCH 'https://itcare.example/itcare/compute/instances/4294967338' \\",
      '  -H "Authorization: Bearer $TOKEN" \\',
      `  -H 'If-Match: "3.0"' \\`,
      '  -H "Idempotency-Key: $(uuidgen)" \\',
      "  -H 'Content-Type: application/json' \\",
      `  -d '{"operation":"stop"}'`,
    ].join("\n"),
  );
});

it("survives a shell whatever stands in a field", () => {
  const body = { name: `it's "quoted" $(touch x) \`y\` \\` };
  const command = curlFor({ label: "create-instance", body }, "https://itcare.example");
  const printed = execFileSync("bash", ["-c", `curl() { for last; do :; done; printf %s "$last"; }; uuidgen() { :; }; ${command}`]);
  expect(JSON.parse(printed.toString())).toEqual(body);
});

it("reads without a key, a revision or a body", () => {
  expect(curlFor({ label: "list-resources", query: { statuses: "ACTIVE" } }, "https://itcare.example")).toBe(
    `curl 'https://itcare.example/itcare/compute/resources?statuses=ACTIVE' \\\n  -H "Authorization: Bearer $TOKEN"`,
  );
});

it("does not write a path with a hole in it", () => {
  expect(() => curlFor({ label: "stop-instance" }, "https://itcare.example")).toThrow("needs instance");
});

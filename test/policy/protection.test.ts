/** What a new instance is protected by: every mix of what may be asked, in every environment. */
import { expect, test } from "vitest";
import { chosenProtection, wrongProtection, type ProtectionAsked } from "../../worker/contract/protection-choice.ts";
import { protections, sumOf, sumsWith } from "../../worker/contract/protection.ts";
import { environmentList } from "../../worker/contract/resource-types.ts";

const why = { noBackupReason: "b", noMonitoringReason: "m", noReplicationReason: "r" };

test("production is backed up and monitored unless somebody says otherwise; nothing else is", () => {
  expect(chosenProtection({}, "PRODUCTION")).toEqual({ backup: "nightly-30", replicated: false, monitoring: { alerting: false, onCall: false } });
  for (const environment of environmentList.filter((one) => one !== "PRODUCTION"))
    expect(chosenProtection({}, environment)).toEqual({ backup: null, replicated: false, monitoring: null });
});

test("monitoring comes with backup, alerts and calls only when asked for", () => {
  expect(chosenProtection({ backupEnabled: true, backupPolicyId: "nightly-7" }, "TEST")).toEqual({
    backup: "nightly-7",
    replicated: false,
    monitoring: { alerting: false, onCall: false },
  });
  expect(chosenProtection({ monitoringEnabled: true, onCallSupervision: true }, "QA").monitoring).toEqual({ alerting: false, onCall: true });
  expect(chosenProtection({ backupEnabled: true, backupPolicyId: "nightly-7", monitoringEnabled: false }, "TEST").monitoring).toBeNull();
});

test("production goes without backup, monitoring or a replica only for a reason of its own each", () => {
  const without: ProtectionAsked = { backupEnabled: false, monitoringEnabled: false };
  expect(wrongProtection(without, "PRODUCTION")?.field).toBe("noBackupReason");
  expect(wrongProtection({ ...without, noBackupReason: "b" }, "PRODUCTION")?.field).toBe("noMonitoringReason");
  expect(wrongProtection({ ...without, noBackupReason: "b", noMonitoringReason: "m" }, "PRODUCTION")?.field).toBe("noReplicationReason");
  expect(wrongProtection({ ...without, ...why }, "PRODUCTION")).toBeNull();
  expect(wrongProtection({ noReplicationReason: "r" }, "PRODUCTION")).toBeNull();
  expect(wrongProtection({ replicationEnabled: true }, "PRODUCTION")).toBeNull();
  for (const environment of environmentList.filter((one) => one !== "PRODUCTION")) expect(wrongProtection(without, environment)).toBeNull();
});

test("what does not fit together is said at its field", () => {
  for (const [asked, field] of [
    [{ backupEnabled: true }, "backupPolicyId"],
    [{ backupPolicyId: "nightly-7" }, "backupPolicyId"],
    [{ alertingEnabled: true }, "alertingEnabled"],
    [{ onCallSupervision: true }, "onCallSupervision"],
    [{ replicationEnabled: true, noReplicationReason: "r" }, "noReplicationReason"],
  ] as const)
    expect(wrongProtection(asked, "TEST")?.field, JSON.stringify(asked)).toBe(field);
});

test("the sums of a region's database say of each resource whether it has a protection", () => {
  const all = Object.values(protections).reduce((sum, code) => sum + code, 0);
  expect(sumOf({ backup: true, replication: true, patchParty: true, monitoring: true })).toBe(all);
  expect(sumsWith({ backup: true })).toHaveLength((all + 1) / 2);
  expect([...sumsWith({ backup: true }), ...sumsWith({ backup: false })].sort((left, right) => left - right)).toEqual(
    Array.from({ length: all + 1 }, (_, sum) => sum),
  );
  expect(sumsWith({ backup: true, monitoring: false })).toContain(sumOf({ backup: true, patchParty: true }));
});

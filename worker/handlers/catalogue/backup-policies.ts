import { backupPolicies, backupPolicyIds } from "../../contract/backup-policies.ts";
import type { Handler } from "../../gate/context.ts";

/** What an instance can be backed up by; the same in every zone. */
export const listBackupPolicies: Handler<"list-backup-policies"> = () =>
  Response.json(backupPolicyIds.map((policyId) => ({ policyId, ...backupPolicies[policyId] })));

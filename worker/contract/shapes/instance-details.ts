/** How long what things are made of is supported, and what only the reading of one instance tells; reference: itcare-api.md, `GET /compute/instances/{id}`. */
import * as z from "zod";
import { backupPolicyIds, type BackupPolicyId } from "../backup-policies.ts";
import { supportPhases } from "../support.ts";
import { instant } from "./common.ts";

const lastDay = z.iso.date().nullable();
export const support = {
  supportPhase: z
    .enum(supportPhases)
    .nullable()
    .describe("Of its product: STANDARD, END_OF_SALE, EXTENDED (from the publisher's end of life, best effort), END_OF_SUPPORT"),
  endOfSale: lastDay.describe("The last day on which something is created from its product; null: not announced"),
  endOfSupport: lastDay.describe("The publisher's end of life"),
  endOfExtendedSupport: lastDay.describe("The last day of best effort; null: there is none after the publisher's end of life"),
};

export const backupPolicy = z.object({
  policyId: z.enum(backupPolicyIds as [BackupPolicyId, ...BackupPolicyId[]]),
  name: z.string(),
  label: z.string(),
  type: z.string(),
  scope: z.string(),
  frequencies: z.record(z.string(), z.object({ retention: z.int().describe("Days") })),
  durationInHours: z.int(),
  startTime: z.string(),
  timezone: z.string(),
  replication: z.boolean().describe("Whether the copies are kept in both buildings of the region"),
});

const backup = z.object({
  backupSystem: z.string(),
  size: z.int().describe("GB that the last one took"),
  type: z.string(),
  lastDate: instant,
});
const backupPolicyDetails = z.object({
  backups: z
    .array(z.object({ id: z.string(), type: z.string(), backupSize: z.int().describe("GB"), backupLastDate: instant }))
    .describe("The last one of each frequency"),
  policies: z.array(
    backupPolicy.extend({
      backupSize: z.int().nullable().describe("GB that the last one took; null: none was made yet, or the zone does not answer"),
      backupLastDate: instant.nullable(),
    }),
  ),
});

/** What only the reading of one instance has, beside its balancers. */
export const instanceDetails = z.object({
  backup: backup.nullable().describe("The last one that its zone has made; null: none yet, or it is not backed up"),
  backupPolicyDetails: backupPolicyDetails.nullable().describe("Null: it is not backed up"),
  backupUnknown: z.literal(true).optional().describe("Present when its zone does not answer: what it has kept cannot be told now"),
  replication: z.object({ dataCenter: z.string(), labelDataCenter: z.string() }).nullable().describe("Where its replica is kept; null: it has none"),
  storageMoveInProgress: z.null().describe("Existing clients read it; no zone tells where it moves disks"),
  authenticationDomain: z.null().describe("Existing clients read it; instances are entered by SSH keys, and join no directory"),
});
export type InstanceDetails = z.infer<typeof instanceDetails>;

/** Requests that create and change instances; reference: itcare-api.md, "Compute instances". */
import * as z from "zod";
import { backupPolicyIds, USUAL_POLICY, type BackupPolicyId } from "../backup-policies.ts";
import { environmentList, type Environment } from "../resource-types.ts";
import { zoneList, type Zone } from "../topology.ts";
import { sizings } from "../catalogue.ts";
import { tagList } from "./tags.ts";
import { action, changeReference, id, reason, text, type Shape } from "./common.ts";

const host = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/, "3 to 63 letters, digits and hyphens, beginning with a letter and ending with a letter or digit");

const sizing = z.enum(Object.keys(sizings) as [string, ...string[]]);

/** Type and key only: the comment of a public key often is a person's address, and what is signed stays in the log. */
const sshKey = z
  .string()
  .max(1024)
  .regex(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]+={0,2}( .*)?$/,
    "an OpenSSH public key",
  )
  .transform((text) => text.split(" ").slice(0, 2).join(" "));

export const createInstance = z
  .object({
    name: host,
    serviceId: id,
    productCode: z.string(),
    resourceId: sizing.describe("The sizing; the API names it so"),
    az: z.enum(zoneList as [Zone, ...Zone[]]).optional(),
    area: z.string().optional().describe("Where, when no zone is named: the area's first zone"),
    networkId: id.optional().describe("Absent: the zone's first network of the organization"),
    environment: z
      .enum(environmentList as [Environment, ...Environment[]])
      .optional()
      .describe("Absent: the Service's"),
    disks: z.array(z.int().min(10).max(8192)).min(1).max(8).default([40]).describe("GB, by disk; the first holds the system"),
    sshKeys: z.array(sshKey).max(20).default([]),
    tags: tagList.default([]),
    comment: text.max(256).optional(),
    backupEnabled: z.boolean().optional().describe("Absent: PRODUCTION is backed up, nothing else is"),
    backupPolicyId: z
      .enum(backupPolicyIds as [BackupPolicyId, ...BackupPolicyId[]])
      .optional()
      .describe(`Needed with backupEnabled; where backup comes by itself, ${USUAL_POLICY}`),
    monitoringEnabled: z.boolean().optional().describe("Absent: PRODUCTION is monitored, and whatever is backed up"),
    alertingEnabled: z.boolean().default(false).describe("Only with monitoring"),
    onCallSupervision: z.boolean().default(false).describe("24/7; only with monitoring"),
    replicationEnabled: z.boolean().default(false).describe("A replica in the other building of the region"),
    noBackupReason: reason.describe("Why it is not backed up: PRODUCTION needs one"),
    noMonitoringReason: reason.describe("Why it is not monitored: PRODUCTION needs one"),
    noReplicationReason: reason.describe("Why it has no replica: PRODUCTION needs one"),
    changeReference,
  })
  .strict()
  .refine((body) => body.az || body.area, { path: ["az"], message: "name an availability zone (az) or an area" });
export type CreateInstance = z.infer<typeof createInstance>;

const patch = <Operation extends string, Options extends z.ZodType>(operation: Operation, options: Options) =>
  z.object({ operation: z.literal(operation), options, changeReference }).strict();

const noOptions = z.object({}).strict().optional();

export const resizeOptions = z.object({ resourceId: sizing }).strict();

export const instanceWrites = {
  "create-instance": { body: createInstance, answer: action, status: 202 },
  "start-instance": { body: patch("start", noOptions), answer: action, status: 202 },
  "stop-instance": { body: patch("stop", noOptions), answer: action, status: 202 },
  "reset-instance": { body: patch("reset", noOptions), answer: action, status: 202 },
  "resize-compute-instance": { body: patch("resize", resizeOptions), answer: action, status: 202 },
  "delete-instance": { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 },
} as const satisfies Record<string, Shape>;

/** What is being filled in. It looks like the form; `toBody` makes the API's shape of it. */
import { USUAL_POLICY, type BackupPolicyId } from "../../../worker/contract/backup-policies.ts";
import { chosenProtection, wrongProtection } from "../../../worker/contract/protection-choice.ts";
import type { Environment } from "../../../worker/contract/resource-types.ts";
import type { Zone } from "../../../worker/contract/topology.ts";
import type { Body } from "../../api/client.ts";
import { t } from "../../messages/index.svelte.ts";

/** The fields under the API's own names, so that a refusal that names one finds its place. */
export type FieldName =
  | "name"
  | "serviceId"
  | "productCode"
  | "resourceId"
  | "az"
  | "networkId"
  | "environment"
  | "disks"
  | "sshKeys"
  | "tags"
  | "comment"
  | "backupPolicyId"
  | "noBackupReason"
  | "noMonitoringReason"
  | "noReplicationReason"
  | "changeReference";
export type Errors = Partial<Record<FieldName, string>>;

const SMALLEST_DISK = 10;
const LARGEST_DISK = 8192;
export const MOST_DISKS = 8;
const hostName = /^[A-Za-z][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/;
const sshKey =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]+={0,2}( .*)?$/;

export class Draft {
  name = $state("");
  serviceId = $state<number | "">("");
  productCode = $state("");
  resourceId = $state("");
  az = $state<Zone | "">("");
  networkId = $state<number | "">("");
  /** Empty: the Service's own. */
  environment = $state<Environment | "">("");
  disks = $state<(number | null)[]>([40]);
  sshKeys = $state("");
  tags = $state("");
  comment = $state("");
  /** The Service's own environment: what holds where none is chosen. */
  serviceEnvironment = $state<Environment | "">("");
  /** Null: as the environment has it. */
  backup = $state<boolean | null>(null);
  backupPolicyId = $state<BackupPolicyId>(USUAL_POLICY);
  monitoring = $state<boolean | null>(null);
  alerting = $state(false);
  onCall = $state(false);
  replication = $state(false);
  noBackupReason = $state("");
  noMonitoringReason = $state("");
  noReplicationReason = $state("");
  changeReference = $state("");

  /** What cannot be sent as it stands, field by field; the API checks all of it again. */
  readonly errors = $derived.by<Errors>(() => {
    const words = t().create.errors;
    const errors: Errors = {};
    if (!hostName.test(this.name)) errors.name = words.name;
    if (!this.serviceId) errors.serviceId = words.serviceId;
    if (!this.productCode) errors.productCode = words.productCode;
    if (!this.resourceId) errors.resourceId = words.resourceId;
    if (!this.az) errors.az = words.az;
    if (this.disks.some((size) => size === null || !Number.isInteger(size) || size < SMALLEST_DISK || size > LARGEST_DISK))
      errors.disks = words.disks;
    const badKey = linesOf(this.sshKeys).find(({ text }) => !sshKey.test(text));
    if (badKey) errors.sshKeys = words.sshKeys(badKey.number);
    const unfit = wrongProtection(this.protection, this.inEnvironment);
    if (unfit && unfit.field in this) errors[unfit.field as FieldName] = words.protection;
    const tags = this.tagError();
    if (tags) errors.tags = tags;
    return errors;
  });

  get inEnvironment(): Environment {
    return this.environment || this.serviceEnvironment || "DEVELOPMENT";
  }

  /** What it would have: with what production gets by itself. */
  readonly chosen = $derived.by(() => chosenProtection(this.protection, this.inEnvironment));

  private get protection() {
    const hasBackup = this.backup ?? this.inEnvironment === "PRODUCTION";
    const hasMonitoring = this.monitoring ?? (this.inEnvironment === "PRODUCTION" || hasBackup);
    const said = this.backup !== null || this.backupPolicyId !== USUAL_POLICY;
    return {
      backupEnabled: this.backup ?? undefined,
      backupPolicyId: hasBackup && said ? this.backupPolicyId : undefined,
      monitoringEnabled: this.monitoring ?? undefined,
      alertingEnabled: (hasMonitoring && this.alerting) || undefined,
      onCallSupervision: (hasMonitoring && this.onCall) || undefined,
      replicationEnabled: this.replication || undefined,
      noBackupReason: (!hasBackup && this.noBackupReason.trim()) || undefined,
      noMonitoringReason: (!hasMonitoring && this.noMonitoringReason.trim()) || undefined,
      noReplicationReason: (!this.replication && this.noReplicationReason.trim()) || undefined,
    };
  }

  get keyCount(): number {
    return linesOf(this.sshKeys).length;
  }

  get tagPairs(): { key: string; value: string }[] {
    return linesOf(this.tags).map(({ text }) => {
      const colon = text.indexOf(":");
      return { key: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
    });
  }

  /** The request's body; only to be sent while there are no errors. Options left alone are not sent: the API's defaults hold. */
  toBody(): Body<"create-instance"> {
    return {
      name: this.name,
      serviceId: Number(this.serviceId),
      productCode: this.productCode,
      resourceId: this.resourceId,
      az: this.az || undefined,
      networkId: this.networkId || undefined,
      environment: this.environment || undefined,
      disks: this.disks.map(Number),
      sshKeys: linesOf(this.sshKeys).map(({ text }) => text),
      tags: this.tagPairs,
      comment: this.comment.trim() || undefined,
      ...this.protection,
      changeReference: this.changeReference.trim() || undefined,
    };
  }

  private tagError(): string | null {
    const words = t().create.errors;
    const bad = linesOf(this.tags).find(({ text }) => !/^[^:,]{1,64}:[^,]{1,128}$/.test(text));
    if (bad) return words.tags(bad.number);
    const keys = this.tagPairs.map(({ key }) => key);
    const twice = keys.find((key, index) => keys.indexOf(key) < index);
    return twice ? words.tagTwice(twice) : null;
  }
}

/** Lines that hold something, with the numbers that the writer sees. */
function linesOf(text: string): { number: number; text: string }[] {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== "");
}

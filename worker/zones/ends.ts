/** How operations end: from the brain's outcome, and without the zone ever having heard of them. */
import type { OperationRow } from "../../db/region/read/operations.ts";
import type { OperationEnd } from "../../db/region/write/outcome.ts";
import { sizingOf } from "../contract/catalogue.ts";
import { isResourceAct } from "../contract/lifecycle.ts";
import type { Label } from "../contract/actions.ts";
import type { ObservedBalancer, ObservedInstance, ObservedRecords } from "../contract/observed.ts";
import { late, untouched, type Outcome } from "./progress.ts";
import type { Right } from "./right.ts";

/** @param records what is left of the resource's names, where an act on them has failed half way */
export function endOf({ status, message, recorded, to, observed, step }: Outcome, parameters: string, records?: ObservedRecords): OperationEnd {
  const gone = records && to !== "gone" ? withdrawn(parameters, records) : [];
  const after = gone.length === 0 ? "" : `. ${gone.join(", ")} ${gone.length === 1 ? "leads" : "lead"} nowhere any more: names are taken back first.`;
  return {
    status,
    message: message ? `${after ? message.replace(/\.$/, "") : message}${after}` : null,
    recorded: recorded ? `${recorded}${after && " Its names were taken back first."}` : null,
    to,
    records,
    step,
    attributes: observed && observed.kind !== "records" ? attributesOf(observed) : null,
    observed,
  };
}

/** The names that went before what they led to, which is still there. */
function withdrawn(parameters: string, { records }: ObservedRecords): string[] {
  const { aliases = [] } = JSON.parse(parameters) as { aliases?: string[] };
  return aliases.filter((alias) => !records.some(({ name }) => name === alias));
}

/** The actor may no longer do what was asked; nothing has been done. */
export function refused(operation: OperationRow, { code, reason }: Extract<Right, { may: false }>): OperationEnd {
  return nothingDone(operation, `Nothing was done: ${reason}`, `Nothing was done: ${code}.`);
}

/** Its time was over before any controller had claimed it. */
export function tooLate(operation: OperationRow): OperationEnd {
  return nothingDone(operation, late.message, late.recorded);
}

/** No step is known for the label: it is no act of a zone. */
export function notRunHere(operation: OperationRow): OperationEnd {
  const message = `Nothing was done: no zone runs ${operation.label}.`;
  return nothingDone(operation, message, message);
}

function nothingDone(operation: OperationRow, message: string, recorded: string): OperationEnd {
  const label = operation.label as Label;
  return { status: "ERROR", message, recorded, to: isResourceAct(label) ? untouched(label) : "same", attributes: null, observed: undefined, step: 0 };
}

/** The members of a resource's attributes that the zone knows better than anybody. They are merged into what is kept. */
export function attributesOf(observed: ObservedInstance | ObservedBalancer): Record<string, unknown> {
  if (observed.kind === "balancer") return { ipAddress: observed.ipAddress, network: { ipAddress: observed.ipAddress } };
  const { cpu, ram, disks, ipAddress, fileSystems, monitoring, backup } = observed;
  const storage = disks.reduce((sum, size) => sum + size, 0);
  return {
    cpu,
    ram,
    resourceId: sizingOf({ cpu, ram }),
    disks,
    storage,
    totalSizeDisks: String(storage),
    ipAddress,
    network: { ipAddress },
    fileSystems,
    monitoringEnabled: monitoring !== null,
    alertingEnabled: monitoring?.alerting ?? false,
    onCallSupervision: monitoring?.onCall ?? false,
    // Null would take the member away.
    ...(backup ? { backupPolicyId: backup } : {}),
  };
}

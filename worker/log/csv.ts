/** Entries as lines of a table: RFC 4180, UTF-8 with a byte order mark, and nothing in it that a spreadsheet would take for a formula. */
import type { LogEntry, LogEvent, SignatureEvidence } from "../contract/log-entry.ts";
import { facetsOf } from "./facets.ts";

type Cell = string | number | null | undefined;

/** What a spreadsheet reckons with, behind an apostrophe, is text (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;

function cell(value: Cell): string {
  const text = String(value ?? "");
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

export const BYTE_ORDER_MARK = "\uFEFF";

type Names = Readonly<Record<string, string>>;

const columns: Record<string, (entry: LogEntry, names: Names) => Cell> = {
  sequence: ({ sequence }) => sequence,
  at: ({ event }) => event.at,
  kind: ({ event }) => event.kind,
  outcome: ({ event }) => facetsOf(event).outcome,
  label: ({ event }) => facetsOf(event).label,
  actorKind: ({ event }) => ("actor" in event ? event.actor.kind : null),
  actorId: ({ event }) => ("actor" in event ? event.actor.id : null),
  actorName: ({ event }, names) => ("actor" in event ? names[event.actor.id] : null),
  session: ({ event }) => ("actor" in event ? event.actor.session : null),
  cloudId: ({ event }) => event.cloudId,
  cloudName: ({ event }, names) => (event.cloudId === null ? null : names[event.cloudId]),
  targetKind: ({ event }) => targetOf(event)?.kind,
  targetId: ({ event }) => targetOf(event)?.id,
  targetName: ({ event }, names) => names[targetOf(event)?.id ?? ""],
  createdId: ({ event }) => (event.kind === "act-accepted" ? event.created?.id : null),
  createdName: ({ event }, names) => (event.kind === "act-accepted" && event.created ? names[event.created.id] : null),
  environment: ({ event }) => (event.kind === "act-accepted" ? event.environment : null),
  proof: ({ event }) => (event.kind === "act-accepted" ? event.proof : null),
  credentialId: ({ event }) => (event.kind === "act-accepted" ? credentialIn(event.evidence) : facetsOf(event).credential),
  operationId: ({ event }) => facetsOf(event).operation,
  message: ({ event }) => (event.kind === "act-ended" ? event.message : event.kind === "act-refused" ? event.code : null),
  times: ({ event }) => (event.kind === "act-refused" ? event.count : null),
  requestId: ({ event }) => ("requestId" in event ? event.requestId : null),
  changeReference: ({ event }) => (event.kind === "act-accepted" ? event.changeReference : null),
  details: ({ event }) => detailsOf(event),
  previous: ({ previous }) => previous,
  hash: ({ hash }) => hash,
};

export const csvHead = BYTE_ORDER_MARK + csvRow(Object.keys(columns));

export function csvLine(entry: LogEntry, names: Names): string {
  return csvRow(Object.values(columns).map((valueOf) => valueOf(entry, names)));
}

function credentialIn(evidence: SignatureEvidence | null): string | null {
  return evidence && (evidence.kind === "webauthn" ? evidence.credentialId : evidence.publicKey);
}

function targetOf(event: LogEvent) {
  return "target" in event ? event.target : null;
}

function detailsOf(event: LogEvent): string | null {
  switch (event.kind) {
    case "act-accepted":
      return JSON.stringify(event.parameters);
    case "identity":
      return JSON.stringify(event.facts);
    case "member-observed":
      return JSON.stringify(event.members);
    case "act-ended":
      return event.items ? JSON.stringify(event.items) : null;
    default:
      return null;
  }
}

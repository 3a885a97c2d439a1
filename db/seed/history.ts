/**
 * What has happened in the last days: every organization's runner stops its non-production instances in the evening and starts them in the morning,
 * as real ones do to save money. Each run leaves the operation and the two events that a real one leaves.
 */
import { environments, families } from "../../worker/contract/resource-types.ts";
import { zones } from "../../worker/contract/topology.ts";
import type { ActAccepted, ActEnded, OutboxBody } from "../../worker/contract/log-entry.ts";
import type { Write } from "../commit.ts";
import { insertRows } from "./insert.ts";
import type { Chance } from "./random.ts";
import type { SeededResource, Sequence } from "./resources.ts";
import type { Region } from "../../worker/contract/topology.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

export interface Runner {
  id: number;
  clientId: string;
}

export interface SeededOperation {
  id: number;
  resource: SeededResource;
  label: "start-instance" | "stop-instance" | "reset-instance";
  succeeded: boolean;
  message: string | null;
  runner: Runner;
  created: number;
  completed: number;
}

const refusal = "The zone refused: the guest did not answer within 10 minutes and was left as it was.";

/** An INACTIVE instance was stopped last evening; an ACTIVE one was stopped and started again, now and then at the second try. */
export function makeHistory(
  resources: readonly SeededResource[],
  runner: Runner,
  sequences: Record<Region, Sequence>,
  chance: Chance,
  now: number,
): SeededOperation[] {
  const midnight = now - (now % DAY);
  const evening = (daysAgo: number): number => midnight - daysAgo * DAY + 19 * HOUR;
  const morning = (daysAgo: number): number => midnight - daysAgo * DAY + 5 * HOUR;
  const scheduled = resources.filter(
    ({ family, environment, status }) =>
      families[family].category === "INSTANCE" && environments[environment] >= environments.QA && status !== "PREPARATION",
  );
  return scheduled.flatMap((resource) => {
    if (!chance.in100(60)) return [];
    const run = (label: SeededOperation["label"], hour: number, succeeded = true): SeededOperation => {
      const created = hour + chance.below(20 * 60_000);
      const took = succeeded ? 20_000 + chance.below(70_000) : 10 * 60_000 + chance.below(5000);
      return {
        id: sequences[resource.region].take(),
        resource,
        label,
        succeeded,
        message: succeeded ? null : refusal,
        runner,
        created,
        completed: created + took,
      };
    };
    if (resource.status === "INACTIVE") return [run("stop-instance", evening(1))];
    const attempts = chance.in100(12) ? [run("start-instance", morning(1), false)] : [];
    return [run("stop-instance", evening(2)), ...attempts, run("start-instance", morning(1) + HOUR)];
  });
}

export function zoneCode(resource: SeededResource): number {
  return resource.zone ? zones[resource.zone].code : 0;
}

/** The events of one operation, as outbox rows: when, and what. */
function eventsOf(operation: SeededOperation): { organizationId: number; at: number; body: OutboxBody }[] {
  const { resource, runner, label } = operation;
  const target = { kind: "resource", id: resource.id };
  const accepted: ActAccepted = {
    kind: "act-accepted",
    at: new Date(operation.created).toISOString(),
    cloudId: resource.cloudId,
    label,
    actor: { kind: "api-account", id: runner.id, session: runner.clientId },
    target,
    operationId: operation.id,
    requestId: `nightly-${operation.id}`,
    changeReference: null,
    environment: resource.environment,
    parameters: {},
    proof: "session",
    evidence: null,
  };
  const ended: ActEnded = {
    kind: "act-ended",
    at: new Date(operation.completed).toISOString(),
    cloudId: resource.cloudId,
    label,
    operationId: operation.id,
    target,
    status: operation.succeeded ? "SUCCESS" : "ERROR",
    message: operation.message,
  };
  const names = { [runner.id]: runner.clientId, [resource.id]: resource.name };
  return [
    { organizationId: resource.organizationId, at: operation.created, body: { event: accepted, names } },
    { organizationId: resource.organizationId, at: operation.completed, body: { event: ended, names } },
  ];
}

const OPERATION_DEADLINE = 60 * 60_000;
const SUCCESS = 2;
const ERROR = 3;

export function operationWrites(operations: readonly SeededOperation[]): Write[] {
  return [
    ...insertRows(
      "operation",
      {
        id: (row) => row.id,
        organization_id: (row) => row.resource.organizationId,
        cloud_id: (row) => row.resource.cloudId,
        service_id: (row) => row.resource.service.id,
        resource_id: (row) => row.resource.id,
        resource_name: (row) => row.resource.name,
        resource_type: (row) => families[row.resource.family].code,
        zone: (row) => zoneCode(row.resource),
        label: (row) => row.label,
        status: (row) => (row.succeeded ? SUCCESS : ERROR),
        message: (row) => row.message,
        parameters: () => "{}",
        actor_kind: () => "api-account",
        actor_id: (row) => row.runner.id,
        actor_name: (row) => row.runner.clientId,
        created: (row) => row.created,
        updated: (row) => row.completed,
        completed: (row) => row.completed,
        deadline: (row) => row.created + OPERATION_DEADLINE,
        fence: () => 1,
        step: () => 1,
      },
      operations,
    ),
    ...insertRows(
      "outbox",
      { organization_id: (row) => row.organizationId, at: (row) => row.at, body: (row) => JSON.stringify(row.body) },
      operations.flatMap(eventsOf).sort((left, right) => left.at - right.at),
    ),
  ];
}

/** What a zone's engine is asked for, one step after the other, to run an operation. Pure. */
import { ALIAS_TTL, type Domain } from "../contract/domains.ts";
import type { ResourceAct } from "../contract/lifecycle.ts";
import type { Observed, ObservedBalancer } from "../contract/observed.ts";
import type { Monitoring } from "../contract/protection.ts";
import type { MemberState } from "../contract/load-balancers.ts";
import {
  verbs,
  type BalancerSpec,
  type Effect,
  type MemberSpec,
  type WhichMember,
  type InstanceSpec,
  type Kind,
  type Spec,
  type Verb,
} from "./engine.ts";

export interface Step {
  verb: Verb;
  /** What the engine must know beside the resource, from the operation's parameters, and from what `sees` has found; absent: nothing. */
  spec?: (parameters: never, found: never) => Spec;
  /** What is looked at before it is asked for: an earlier step has made it, and only the engine knows how. */
  sees?: Kind;
  /** Whose engine is asked; the one of the controller that runs the operation unless said otherwise. */
  of?: "region";
  /** True when there is nothing to do, and so nobody to ask. */
  unless?: (parameters: never) => boolean;
  /** Part of the step before, which is half done without it: begun even when the operation's time is over. */
  completes?: true;
}

const wholeInstance = (parameters: InstanceSpec): Spec => parameters;
const newSize = ({ cpu, ram }: { cpu: number; ram: number }): Spec => ({ cpu, ram });
const howMonitored = ({ alerting, onCall }: Monitoring): Spec => ({ alerting, onCall });
const theSnapshot = ({ snapshot }: { snapshot: number }): Spec => ({ snapshotId: snapshot });
const theRecord = ({ name, domain, address }: { name: string; domain: Domain; address: string }): Spec => ({
  name: `${name}.`,
  domain,
  address,
  ttl: ALIAS_TTL,
});
const itsName = ({ name }: { name: string }): Spec => ({ names: [`${name}.`] });
/** The names that were told and signed; where nothing was said of them, all that there are. */
const itsAliases = ({ aliases }: { aliases?: string[] }): Spec => ({ names: aliases?.map((name) => `${name}.`) ?? "all" });
const withoutAliases = ({ aliases }: { aliases?: string[] }): boolean => aliases?.length === 0;

const wholeBalancer = ({ name, listener, monitor, networkId, cidr, hosts, members }: BalancerSpec): Spec => ({
  name,
  listener,
  monitor,
  networkId,
  cidr,
  hosts,
  members,
});
const whether = ({ on }: { on: boolean }): Spec => ({ on });
const theMember = (parameters: MemberSpec | WhichMember): Spec => parameters;
const whatIsWanted = ({ instanceId, port, state }: WhichMember & { state: MemberState }): Spec => ({ instanceId, port, state });
/** A URL's name in DNS leads to the address that the engine has given to the balancer. */
const itsHost = ({ host, dns }: { host: string; dns: Domain }, { ipAddress }: ObservedBalancer): Spec => ({
  name: `${host}.`,
  domain: dns,
  address: ipAddress,
  ttl: ALIAS_TTL,
});
const notInDns = ({ dns = null }: { dns?: Domain | null }): boolean => dns === null;
const withoutNames = ({ aliases = [] }: { aliases?: string[] }): boolean => aliases.length === 0;
const theHost = ({ host, certificate = null }: { host: string; certificate?: string | null }): Spec => ({ host, certificate });
const isNotDisabled = ({ state }: { state: MemberState }): boolean => state !== "disabled";

export const steps = {
  "create-instance": [{ verb: "create", spec: wholeInstance }, { verb: "start" }],
  "start-instance": [{ verb: "start" }],
  "stop-instance": [{ verb: "stop" }],
  "reset-instance": [{ verb: "reset" }],
  "resize-compute-instance": [
    { verb: "resize", spec: newSize },
    { verb: "confirm-resize", completes: true },
  ],
  // The names first: none ever points at an address that is free for others. Once they are gone, the rest follows.
  "delete-instance": [
    { verb: "delete-records", of: "region", spec: itsAliases, unless: withoutAliases },
    { verb: "delete", completes: true },
  ],
  "create-snapshot": [{ verb: "snapshot", spec: theSnapshot }],
  "recover-snapshot": [{ verb: "restore", spec: theSnapshot }],
  "delete-snapshot": [{ verb: "delete-snapshot", spec: theSnapshot }],
  "enable-monitoring-instance": [{ verb: "monitor", spec: howMonitored }],
  "disable-monitoring-instance": [{ verb: "unmonitor" }],
  "create-dns": [{ verb: "create-record", spec: theRecord }],
  "delete-dns": [{ verb: "delete-records", spec: itsName }],
  // What serves comes before the name that leads there, and goes after it.
  "create-lb": [
    { verb: "create-balancer", spec: wholeBalancer },
    { verb: "start-balancer" },
    { verb: "create-record", sees: "balancer", spec: itsHost, unless: notInDns },
  ],
  "start-lb": [{ verb: "start-balancer" }],
  "stop-lb": [{ verb: "stop-balancer" }],
  "delete-lb": [
    { verb: "delete-records", spec: itsAliases, unless: withoutAliases },
    { verb: "delete-balancer", completes: true },
  ],
  "enable-monitoring-lb": [{ verb: "supervise-balancer", spec: whether }],
  "disable-monitoring-lb": [{ verb: "supervise-balancer", spec: whether }],
  "add-member-lb": [{ verb: "put-member", spec: theMember }],
  // Its clients leave first.
  "delete-member-lb": [
    { verb: "drain-member", spec: theMember },
    { verb: "remove-member", spec: theMember, completes: true },
  ],
  // What is taken offline is cut off, and what is enabled has nobody to wait for.
  "update-member-state": [
    { verb: "drain-member", spec: whatIsWanted, unless: isNotDisabled },
    { verb: "set-member", spec: whatIsWanted, completes: true },
  ],
  "add-url-lb": [
    { verb: "put-host", spec: theHost },
    { verb: "create-record", sees: "balancer", spec: itsHost, unless: notInDns },
  ],
  "delete-url-lb": [
    { verb: "delete-records", spec: itsAliases, unless: withoutNames },
    { verb: "remove-host", spec: theHost, completes: true },
  ],
  "create-dns-lb": [{ verb: "create-record", spec: theRecord }],
  "delete-dns-lb": [{ verb: "delete-records", spec: itsName }],
} as const satisfies Record<ResourceAct, readonly Step[]>;

export function stepsOf(label: ResourceAct): readonly Step[] {
  return steps[label];
}

/** The kind of thing that an act is about, and not only its names: what is observed at its end. */
export function kindOf(label: ResourceAct): Kind {
  const kinds = stepsOf(label).map(({ verb }) => verbs[verb]);
  return kinds.findLast((kind) => kind !== "records") ?? "records";
}

/** True when the last step tells what the act has led to; else that is looked at. */
export function lastStepTells(label: ResourceAct): boolean {
  return verbs[stepsOf(label).at(-1)!.verb] === kindOf(label);
}

/** The idempotency key of a step: the same for every attempt, and whoever makes it. */
export function keyOf(operationId: number, step: number): string {
  return `${operationId}/${step}`;
}

/** True when the step has nothing to do. */
export function isNeedless(operation: { label: ResourceAct; parameters: unknown }, step: number): boolean {
  return stepsOf(operation.label)[step]!.unless?.(operation.parameters as never) ?? false;
}

/** The effect of one step. `parameters` are those that the operation was opened with for its zone. @param found what the step `sees` */
export function effectOf(
  operation: { id: number; label: ResourceAct; resourceId: number; parameters: unknown },
  step: number,
  fence: number,
  found: Observed | null = null,
): Effect {
  const { verb, spec } = stepsOf(operation.label)[step]!;
  const effect: Effect = { key: keyOf(operation.id, step), fence, verb, resourceId: operation.resourceId };
  return spec ? { ...effect, spec: spec(operation.parameters as never, found as never) } : effect;
}

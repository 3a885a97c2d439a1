/** What can be done to an instance's snapshots, and the acts as they are asked: with the revision that the person saw. */
import type { Actor } from "../../worker/contract/actor.ts";
import type { SnapshotAct } from "../../worker/contract/lifecycle.ts";
import { fullOfSnapshots, MOST_SNAPSHOTS } from "../../worker/contract/snapshots.ts";
import type { Answer, Body } from "../api/client.ts";
import { can } from "../can.ts";
import { i18n, t } from "../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../messages/refusals.ts";
import type { ActRequest } from "./acting.svelte.ts";
import type { Act } from "./ask.ts";
import type { About } from "./sign.svelte.ts";

export type Snapshot = Answer<"list-snapshots">[number];
type Instance = ActRequest["instance"];

/** Why not, and what would change it; both null when it is available. @param count how many there are */
export function availability(label: SnapshotAct, instance: Instance, actor: Actor, count: number): Availability {
  const target = { ...instance, kind: "resource" } as const;
  const refused = refusalWords(can(label, actor, target), label, actor, target);
  if (refused) return refused;
  const full = label === "create-snapshot" ? fullOfSnapshots(instance.name, count) : null;
  if (!full) return { reason: null, change: null };
  const words = t().instance.snapshots;
  return i18n.language === "en" ? full : { reason: words.full(MOST_SNAPSHOTS), change: words.fullChange };
}

export function createSnapshot(instance: Instance, body: Body<"create-snapshot">): Act<"create-snapshot"> {
  return { ...commonOf("create-snapshot", instance), label: "create-snapshot", params: { instance: instance.id }, body };
}

export function actOnSnapshot(
  label: "recover-snapshot" | "delete-snapshot",
  instance: Instance,
  snapshot: Snapshot,
): Act<"recover-snapshot" | "delete-snapshot"> {
  const common = { ...commonOf(label, instance, snapshot), params: { instance: instance.id, snapshot: snapshot.id } };
  return label === "recover-snapshot" ? { ...common, label, body: {} } : { ...common, label };
}

function commonOf(label: SnapshotAct, instance: Instance, snapshot?: Snapshot) {
  const { id, etag, environment } = instance;
  return { etag, on: id, environment, about: aboutOf(label, instance, snapshot) };
}

function aboutOf(label: SnapshotAct, instance: Instance, snapshot?: Snapshot): About {
  const words = t().instance;
  const facts: [string, string][] = [
    [words.cloud, instance.cloudName],
    [words.service, instance.serviceName],
    [words.environment, t().resources.environments[instance.environment] ?? instance.environment],
  ];
  if (snapshot) facts.push([words.snapshots.about, snapshot.label]);
  return { name: instance.name, facts, effect: words.effects[label] };
}

/** What can be done to an instance's snapshots, and doing it: asked with the revision that the person saw, told as it goes. */
import type { Actor } from "../../worker/contract/actor.ts";
import type { SnapshotAct } from "../../worker/contract/lifecycle.ts";
import { call, type Answer, type Body } from "../api/client.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords } from "../messages/refusals.ts";
import { live } from "../state/live.svelte.ts";
import { toasts } from "../state/toasts.svelte.ts";
import type { ActRequest } from "./acting.svelte.ts";
import type { About } from "./sign.svelte.ts";

export type Snapshot = Answer<"list-snapshots">[number];
type Instance = ActRequest["instance"];

/** Why not, and what would change it; both null when it is available. */
export function availability(label: SnapshotAct, instance: Instance, actor: Actor): { reason: string | null; change: string | null } {
  const target = { ...instance, kind: "resource" } as const;
  return refusalWords(can(label, actor, target), label, actor, target) ?? { reason: null, change: null };
}

class SnapshotActing {
  /** The instance that something has been asked of and not been answered yet. */
  asked = $state<number | null>(null);

  create(instance: Instance, body: Body<"create-snapshot">): Promise<void> {
    const about = aboutOf("create-snapshot", instance);
    return this.#ask(instance, () => call("create-snapshot", { params: { instance: instance.id }, etag: instance.etag, about, body }));
  }

  act(label: "recover-snapshot" | "delete-snapshot", instance: Instance, snapshot: Snapshot, changeReference?: string): Promise<void> {
    const common = {
      params: { instance: instance.id, snapshot: snapshot.id },
      etag: instance.etag,
      about: aboutOf(label, instance, snapshot),
    };
    const change = changeReference ? { changeReference } : {};
    return this.#ask(instance, () =>
      label === "recover-snapshot"
        ? call(label, { ...common, body: change })
        : call(label, { ...common, body: changeReference ? change : undefined }),
    );
  }

  /** Why it was refused, or put away, is told. */
  async #ask({ id }: Instance, send: () => Promise<unknown>): Promise<void> {
    if (this.asked !== null) return;
    this.asked = id;
    try {
      await send();
      await live.refresh();
    } catch (error) {
      toasts.fail(error);
    } finally {
      this.asked = null;
    }
  }
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

export const snapshotActing = new SnapshotActing();

/**
 * Doing it: asks the API for an act on an instance, with the revision that the person saw, and tells what becomes of it. Nothing is shown as done
 * before the server says so.
 */
import { decideProof } from "../../worker/contract/decide.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { SvelteMap } from "svelte/reactivity";
import { call } from "../api/client.ts";
import { t } from "../messages/index.svelte.ts";
import { live } from "../state/live.svelte.ts";
import { session } from "../state/session.svelte.ts";
import { toasts } from "../state/toasts.svelte.ts";
import type { About } from "./sign.svelte.ts";
import { instanceActions, type ActedOn, type InstanceAction, type InstanceLabel } from "./instance-actions.ts";

export interface ActRequest {
  label: InstanceLabel;
  instance: ActedOn & Facts;
}

/** What the dialogs and the signing card say of the instance beyond its name. */
export interface Facts {
  cloudName: string;
  serviceName: string;
  sizing: string | null;
  disks: readonly number[];
  ipAddress: string | null;
  aliases: readonly string[];
}

export interface ActOptions {
  sizing?: string;
  changeReference?: string;
}

class Acting {
  /** The act whose dialog is open. */
  dialog = $state.raw<ActRequest | null>(null);
  /** What has been asked and not been answered yet, by the instance's id: the key is being waited for, or the answer. */
  asked = new SvelteMap<number, InstanceLabel>();

  /** The instance's actions, ready for buttons, menus and the palette; empty while nobody is signed in. */
  actionsOn(instance: ActedOn & Facts): InstanceAction[] {
    return session.actor ? instanceActions(instance, session.actor, (label) => this.begin({ label, instance })) : [];
  }

  /** Opens the dialog that the act needs; what is signed anyway and needs no choice is asked for at once. */
  begin(request: ActRequest): void {
    if (needsDialog(request)) this.dialog = request;
    else void this.ask(request);
  }

  /** @returns the accepted action, or null when it was refused or put away; why is told already. */
  async ask({ label, instance }: ActRequest, options: ActOptions = {}): Promise<Action | null> {
    this.dialog = null;
    if (this.asked.has(instance.id)) return null;
    this.asked.set(instance.id, label);
    try {
      const action = await send(label, instance, options);
      await live.refresh();
      return action;
    } catch (error) {
      toasts.fail(error);
      return null;
    } finally {
      this.asked.delete(instance.id);
    }
  }
}

/** What cannot be undone, needs a choice, or would interrupt a service without the pause that the signing card is. */
function needsDialog({ label, instance }: ActRequest): boolean {
  if (label === "resize-compute-instance" || label === "delete-instance") return true;
  if (label !== "stop-instance" && label !== "reset-instance") return false;
  const { actor } = session;
  return actor !== null && decideProof(label, actor, { ...instance, kind: "resource" }, { signature: false }, Date.now()).allow;
}

function send(label: InstanceLabel, instance: ActedOn & Facts, { sizing, changeReference }: ActOptions): Promise<Action> {
  const common = { params: { instance: instance.id }, etag: instance.etag, about: aboutOf(label, instance) };
  const change = changeReference ? { changeReference } : {};
  if (label === "delete-instance") return call(label, { ...common, body: changeReference ? change : undefined });
  if (label === "resize-compute-instance") return call(label, { ...common, body: { options: { resourceId: sizing ?? "" }, ...change } });
  return call(label, { ...common, body: change });
}

function aboutOf(label: InstanceLabel, instance: ActedOn & Facts): About {
  const words = t().instance;
  const facts: [string, string][] = [
    [words.cloud, instance.cloudName],
    [words.service, instance.serviceName],
    [words.environment, t().resources.environments[instance.environment] ?? instance.environment],
  ];
  if (instance.zone) facts.push([words.zone, instance.zone]);
  if (label === "resize-compute-instance" && instance.sizing) facts.push([words.sizes.before, instance.sizing]);
  return { name: instance.name, facts, effect: words.effects[label] };
}

export const acting = new Acting();

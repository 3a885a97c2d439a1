/** Doing it: what can be done to an instance, and asking for it with the revision that the person saw. */
import { decideProof } from "../../worker/contract/decide.ts";
import type { Membership } from "../../worker/contract/shapes/memberships.ts";
import { t } from "../messages/index.svelte.ts";
import { session } from "../state/session.svelte.ts";
import { toasts } from "../state/toasts.svelte.ts";
import { ask, asked, type Act } from "./ask.ts";
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
  /** What it serves behind. */
  memberships: readonly Membership[];
}

class Acting {
  /** The act whose dialog is open. */
  dialog = $state.raw<ActRequest | null>(null);

  /** The instance's actions, ready for buttons, menus and the palette; empty while nobody is signed in. */
  actionsOn(instance: ActedOn & Facts): InstanceAction[] {
    return session.actor ? instanceActions(instance, session.actor, (label) => this.begin({ label, instance })) : [];
  }

  /** Opens the dialog that the act needs; what is signed anyway and needs no choice is asked for at once. */
  begin(request: ActRequest): void {
    if (needsDialog(request)) this.dialog = request;
    else if (!asked.has(request.instance.id)) void ask(actOf(request)).catch((error: unknown) => toasts.fail(error));
  }
}

/** What cannot be undone, needs a choice, or would interrupt a service without the pause that the signing card is. */
function needsDialog({ label, instance }: ActRequest): boolean {
  if (label === "resize-compute-instance" || label === "delete-instance") return true;
  if (label !== "stop-instance" && label !== "reset-instance") return false;
  const { actor } = session;
  return actor !== null && decideProof(label, actor, { ...instance, kind: "resource" }, { signature: false }, Date.now()).allow;
}

/** The act as it is asked. @param sizing the new one, for a resize */
export function actOf({ label, instance }: ActRequest, sizing = ""): Act<InstanceLabel> {
  const { id, etag, environment } = instance;
  const common = { params: { instance: id }, etag, about: aboutOf(label, instance), on: id, environment };
  if (label === "delete-instance") return { ...common, label };
  if (label === "resize-compute-instance") return { ...common, label, body: { options: { resourceId: sizing } } };
  return { ...common, label, body: {} };
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

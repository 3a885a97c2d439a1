/**
 * May I? The contract's own decision, with the grants of GET /itcare/me. The server decides again and has the last word; this only spares the
 * person a refusal that is certain, and says it in the very same sentence.
 */
import type { Label } from "../worker/contract/actions.ts";
import type { Actor, PersonActor, Target } from "../worker/contract/actor.ts";
import { decideRight, decideState, type Decision } from "../worker/contract/decide.ts";
import type { Me } from "../worker/contract/shapes/account.ts";

type PersonMe = Extract<Me, { kind: "person" }>;

/** Who I am, as the contract's decisions want it. */
export function actorOf(me: PersonMe): PersonActor;
export function actorOf(me: Me): Actor;
export function actorOf(me: Me): Actor {
  const base = {
    id: me.id,
    name: me.name,
    organizationId: me.organization.id,
    organizationName: me.organization.name,
    organizationKind: me.organization.kind,
    grants: me.clouds.map(({ id, name, profile }) => ({ cloudId: id, cloudName: name, profile })),
  };
  if (me.kind === "api-account") return { ...base, kind: me.kind, clientId: me.clientId, authenticatedBy: me.authenticatedBy, exception: null };
  return {
    ...base,
    kind: me.kind,
    email: me.email,
    duties: me.duties,
    securityKeys: me.securityKeys,
    session: me.session,
    mfaAt: me.mfaAt === null ? null : Date.parse(me.mfaAt),
  };
}

/** Right and state; the proof is asked for when the act is asked for. */
export function can(label: Label, actor: Actor, target: Target): Decision {
  const right = decideRight(label, actor, target);
  return right.allow ? decideState(label, target) : right;
}

/** For buttons that lead to a form in which the Cloud is chosen: the best that the person holds anywhere decides. */
export const somewhere: Target = { kind: "any-cloud" };

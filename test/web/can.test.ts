import { describe, expect, test } from "vitest";
import { company } from "../../db/seed/company.ts";
import { labels, rowOf, type Label } from "../../worker/contract/actions.ts";
import type { Actor, PersonActor, Target } from "../../worker/contract/actor.ts";
import { decideRight, decideState } from "../../worker/contract/decide.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { environmentList, statusList } from "../../worker/contract/resource-types.ts";
import { me, type Me } from "../../worker/contract/shapes/account.ts";
import { i18n } from "../../web/messages/index.svelte.ts";
import { refusalWords } from "../../web/messages/refusals.ts";
import { actorOf, can, somewhere } from "../../web/can.ts";

const now = Date.UTC(2026, 10, 21);
const cloudsOf = (organization: (typeof company)[number]) =>
  organization.clouds.map((cloud, index) => ({ id: makeId({ region: 0, organization: organization.id, sequence: 10 + index }), name: cloud.name }));

/** Everybody of the demo company as the gate knows them, with one key and, of Nora, none. */
const people: PersonActor[] = company.flatMap((organization) =>
  organization.people.map((person, index) => ({
    kind: "person",
    id: makeId({ region: 0, organization: organization.id, sequence: 100 + index }),
    name: person.name,
    email: `${person.key}@${organization.domain}`,
    organizationId: organization.id,
    organizationName: organization.name,
    organizationKind: organization.kind,
    duties: person.duty ? [person.duty] : [],
    securityKeys: person.key === "nora" ? 0 : 1,
    session: `session-${person.key}`,
    mfaAt: person.key === "odile" ? now : null,
    grants: cloudsOf(organization).flatMap(({ id, name }) =>
      person.profiles[name] ? [{ cloudId: id, cloudName: name, profile: person.profiles[name] }] : [],
    ),
  })),
);
const named = (name: string) => people.find((person) => person.name.startsWith(name))!;

/** What GET /itcare/me answers: held to the contract's shape, and sent as text. */
function meOf(actor: Actor): Me {
  const { id, name, organizationId, organizationName, organizationKind, grants } = actor;
  const base = {
    id,
    name,
    organization: { id: organizationId, name: organizationName, kind: organizationKind },
    clouds: grants.map((grant) => ({ id: grant.cloudId, name: grant.cloudName, profile: grant.profile })),
  };
  const ends = new Date(now + 60_000).toISOString();
  const own =
    actor.kind === "person"
      ? {
          kind: actor.kind,
          email: actor.email,
          locale: "en",
          duties: actor.duties,
          securityKeys: actor.securityKeys,
          mfaAt: actor.mfaAt === null ? null : new Date(actor.mfaAt).toISOString(),
          session: actor.session,
          sessionExpiresAt: ends,
        }
      : { kind: actor.kind, clientId: actor.clientId, authenticatedBy: actor.authenticatedBy, exception: null };
  return me.parse(JSON.parse(JSON.stringify({ ...base, ...own })));
}

/** What the person is asked about: things of every Cloud, their own and others', in every state. */
const targets: Target[] = company.flatMap((organization) =>
  cloudsOf(organization).flatMap((cloud) => {
    const base = { organizationId: organization.id, cloudId: cloud.id };
    const id = makeId({ region: 1, organization: organization.id, sequence: 7 });
    const resources = statusList.flatMap((status) =>
      ([null, "stop-instance"] as const).map((openOperation): Target => {
        const environment = environmentList[0]!;
        return {
          ...base,
          kind: "resource",
          id,
          serviceId: 1,
          name: "srv-1",
          family: "DEBIAN",
          category: "INSTANCE",
          status,
          environment,
          zone: "EB-HDS-A",
          monitored: false,
          revision: 1,
          openOperation,
        };
      }),
    );
    const action: Target = { ...base, kind: "action", id, label: "stop-instance", environment: "TEST", cancellable: false, planId: null, items: [] };
    const service: Target = { ...base, kind: "service", id: 5, name: "A", description: null, environment: "TEST", closing: false, revision: 1 };
    const itself: Target = { ...base, kind: "cloud", id: cloud.id, name: cloud.name };
    return [...resources, action, service, itself, { kind: "organization", id: organization.id } satisfies Target];
  }),
);

const onThe = (label: Label): Target[] => {
  const kind = rowOf(label).target;
  return kind === "none" ? [{ kind: "none" }] : kind === "any-cloud" ? [somewhere] : targets.filter((target) => target.kind === kind);
};

describe("what the console lets be pressed", () => {
  test("is what the gate allows, for every person, every row of the matrix and every target, in the same sentence", () => {
    let compared = 0;
    for (const gate of people) {
      const mine = actorOf(meOf(gate));
      for (const label of labels) {
        for (const target of onThe(label)) {
          const right = decideRight(label, gate, target);
          expect(can(label, mine, target), `${gate.name}, ${label}`).toEqual(right.allow ? decideState(label, target) : right);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(10_000);
  });

  test("is the same person on both sides, an API account too", () => {
    for (const person of people) expect(actorOf(meOf(person))).toEqual(person);
    const { email: _, duties: __, securityKeys: ___, session: ____, mfaAt: _____, ...base } = named("Stan");
    const account: Actor = { ...base, kind: "api-account", clientId: "cgdm-sa-asclepia-reader", authenticatedBy: "secret", exception: null };
    expect(actorOf(meOf(account))).toEqual(account);
  });

  test("is refused in English by the API's own sentence, and in French by another one that names the same things", () => {
    const [stan, odile, nora] = [named("Stan"), named("Odile"), named("Nora")];
    const running = targets.find((target) => target.kind === "resource" && target.openOperation !== null)!;
    const stopped = targets.find((target) => target.kind === "resource" && target.status === "INACTIVE" && target.openOperation === null)!;
    const cases: [Actor, Label, Target, RegExp][] = [
      [stan, "stop-instance", stopped, /stop-instance.*OPE.*STD.*Asclepia Care/],
      [nora, "stop-instance", stopped, /stop-instance/],
      [odile, "stop-instance", running, /stop-instance/],
      [odile, "stop-instance", stopped, /stop-instance.*INACTIVE.*ACTIVE/],
      [odile, "create-instance", somewhere, /create-instance.*POW.*OPE/],
      [stan, "export-log", { kind: "organization", id: 1 }, /./],
    ];
    for (const [actor, label, target, names] of cases) {
      const decision = can(label, actor, target);
      if (decision.allow) throw new Error(`${label} is not refused.`);
      i18n.language = "en";
      const english = refusalWords(decision, label, actor, target)!;
      expect(english.reason).toBe(decision.reason);
      expect(english.lines.map(({ text }) => text).join(" ") || null).toBe(english.change);
      i18n.language = "fr";
      const french = refusalWords(decision, label, actor, target)!;
      expect(french.reason).toMatch(names);
      expect(french.reason).not.toBe(decision.reason);
      expect(french.lines.map(({ href }) => href)).toEqual(english.lines.map(({ href }) => href));
      expect(french.lines.every(({ text }, index) => text !== english.lines[index]!.text)).toBe(true);
    }
    i18n.language = "en";
  });
});

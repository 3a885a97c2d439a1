import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Actor } from "../../worker/contract/actor.ts";
import { actions, labels, notOffered, pending, proofFor, rowOf, type Label } from "../../worker/contract/actions.ts";
import { decide, decideRight, STEP_UP_LASTS } from "../../worker/contract/decide.ts";
import { changesOf, explain } from "../../worker/contract/explain.ts";
import { problems, refusesBy } from "../../worker/contract/problems.ts";
import { profileList, profiles, roles } from "../../worker/contract/roles.ts";
import { dataCenters, mayUseZone, regionOfZone, zoneList, zones, zonesFor, type Zone } from "../../worker/contract/topology.ts";
import { matrixText } from "./matrix.ts";
import { now, people, personNames, research, resourceOf, targetOf } from "./people.ts";
import { additions, availabilityZones, mfaMandatory, profileRoles, proofs, specification } from "./specification.ts";

const specified = Object.values(specification).flatMap((feature) => Object.entries(feature)) as [Label, "MNT" | "OPE" | "POW"][];

test("all 41 labels of the specification are rows, each with the specification's lowest profile", () => {
  expect(specified).toHaveLength(41);
  expect(specified.map(([label]) => [label, rowOf(label)?.who])).toEqual(
    specified.map(([label, profile]) => [label, profile === "MNT" ? "DTM" : profile]),
  );
});

test("delete-cluster stands in the same table, for Power", () => {
  expect(rowOf("delete-cluster").who).toBe("POW");
});

test("of every row that has a handler the specification says who may, and with which proof", () => {
  const absent: readonly Label[] = [...pending, ...notOffered];
  const unwritten = labels.filter((label) => !absent.includes(label) && !(label in proofs) && !(label in additions));
  expect(
    unwritten,
    "Write them into test/policy/specification.ts, from the specification and not from the table: the decision table asks by it",
  ).toEqual([]);
});

test("profiles hold the specification's roles, and each holds all that the one before it holds", () => {
  expect(Object.fromEntries(profileList.map((profile) => [profile, profiles[profile].roles]))).toEqual(profileRoles);
  expect(Object.fromEntries(Object.entries(roles).map(([role, { mfa }]) => [role, mfa]))).toEqual(mfaMandatory);
});

test("every label of the specification asks for a proof: MFA is mandatory for its role", () => {
  expect(specified.filter(([label]) => actions[label].proof === "none")).toEqual([]);
});

test("creating, destroying and rolling back are signed; on PRODUCTION every privileged act is", () => {
  const signed = labels.filter((label) => /^(create|delete|recover)-/.test(label));
  expect(signed.filter((label) => actions[label].proof !== "signature")).toEqual([]);
  expect(specified.filter(([label]) => proofFor(label, "PRODUCTION") !== "signature")).toEqual([]);
});

test("the zones are the specification's, and a customer never gets one that is reserved for the group", () => {
  expect(zoneList.map((zone) => [zone, zones[zone].reservedForGroup ? "group" : "client", zones[zone].dataCenter, regionOfZone(zone)])).toEqual(
    availabilityZones,
  );
  const forClients = availabilityZones.filter(([, who]) => who === "client").map(([zone]) => zone);
  expect(zonesFor("customer")).toEqual(forClients);
  expect(zoneList.every((zone: Zone) => mayUseZone("group", zone))).toBe(true);
  expect(Object.keys(dataCenters)).toEqual(["EB4", "EB5", "ET1", "ET2"]);
});

test("matrix.txt is what the table says today", () => {
  expect(readFileSync(`${import.meta.dirname}/matrix.txt`, "utf8")).toBe(matrixText());
});

test("what has no handler yet may only shrink", () => {
  expect(pending.length).toBeLessThanOrEqual(31);
  expect(notOffered.length).toBeLessThanOrEqual(10);
});

test("nobody is refused without being told what was missing, and every 403 says what would change it", () => {
  for (const label of labels) {
    for (const name of personNames) {
      const decision = decide(label, people[name], targetOf(label), { signature: false }, now);
      if (decision.allow) continue;
      expect(decision.reason, `${name} ${label}`).toMatch(/\.$/);
      if (problems[decision.code].status === 403) expect(decision.change, `${name} ${label}`).toBeTruthy();
    }
  }
});

test("whoever is refused reads all that is missing: the first of it is what refused, and who lacks a profile and a key reads both", () => {
  for (const label of labels) {
    for (const name of personNames) {
      const [actor, target] = [people[name], targetOf(label, people[name])];
      const decision = decide(label, actor, target, { signature: false }, now);
      const missing = explain(label, actor, target, { signature: false }, now);
      if (decision.allow || !refusesBy(decision.code)) continue;
      expect(missing[0]?.kind, `${name} ${label}`).toBe(decision.missing?.kind);
      expect(changesOf(missing, actor!, decision.change) ?? "", `${name} ${label}`).toContain(decision.change ?? "");
    }
  }
  const stopped = resourceOf("stop-instance", { status: "INACTIVE", environment: "PRODUCTION" });
  const kinds = (actor: Actor, target = stopped) => explain("stop-instance", actor, target, { signature: false }, now).map(({ kind }) => kind);
  expect(kinds({ ...people.Stan, securityKeys: 0 })).toEqual(["profile", "key", "state", "proof"]);
  expect(kinds(people.Odile)).toEqual(["state", "proof"]);
  expect(kinds(people.Boris)).toEqual([]);
  // What stops is waited for, and then started again.
  const stopping = resourceOf("reset-instance", { openOperation: "stop-instance", openAction: 7 });
  expect(explain("reset-instance", people.Odile, stopping, { signature: true }, now).map(({ change }) => change)).toEqual([
    { kind: "wait", label: "stop-instance", action: 7, until: null },
    { kind: "act", label: "start-instance", id: stopping.id },
  ]);
  const deleting = resourceOf("reset-instance", { openOperation: "delete-instance" });
  expect(explain("reset-instance", people.Odile, deleting, { signature: true }, now).map(({ change }) => change)).toEqual([{ kind: "none" }]);
});

test("a refusal's change is enough: with the profile and a key, Stan, Mona and Nora may", () => {
  for (const [label] of specified) {
    for (const name of ["Stan", "Mona", "Nora"] as const) {
      const mended = { ...people[name], securityKeys: 1, grants: people.Paul.grants };
      expect(decideRight(label, mended, targetOf(label)), `${name} ${label}`).toEqual({ allow: true });
    }
  }
});

test("absent and foreign are the same answer, for every row that has a target of its own", () => {
  for (const label of labels.filter((label) => ["resource", "service", "action"].includes(rowOf(label).target))) {
    const foreign = decideRight(label, people.Boris, targetOf(label));
    expect(foreign, label).toEqual(decideRight(label, people.Boris, null));
    expect(decideRight(label, people.Rita, targetOf(label)), label).toEqual(foreign);
    expect(foreign).toMatchObject({ allow: false, code: "not_found" });
  }
});

test("Nora's profile is Power, but without a security key it only reads", () => {
  expect(decideRight("read-instance", people.Nora, resourceOf("read-instance"))).toEqual({ allow: true });
  expect(decideRight("stop-instance", people.Nora, resourceOf("stop-instance"))).toMatchObject({ code: "mfa_not_configured" });
});

test("Odile's key, used in this session, is good for routine acts for five minutes and not a moment more", () => {
  const stop = (age: number, environment: "TEST" | "PRODUCTION") =>
    decide("stop-instance", { ...people.Odile, mfaAt: now - age }, resourceOf("stop-instance", { environment }), { signature: false }, now);
  expect(stop(STEP_UP_LASTS - 1, "TEST")).toEqual({ allow: true });
  expect(stop(STEP_UP_LASTS, "TEST")).toMatchObject({ code: "step_up_required", proof: "session" });
  expect(stop(0, "PRODUCTION")).toMatchObject({ code: "signature_required", proof: "signature" });
});

test("a program acts with its key on what is routine and signs what is not; with a secret alone it reads", () => {
  const start = (account: "sa-secret" | "sa-key", environment: "TEST" | "PRODUCTION") =>
    decide("start-instance", people[account], resourceOf("start-instance", { status: "INACTIVE", environment }), { signature: false }, now);
  expect(start("sa-key", "TEST")).toEqual({ allow: true });
  expect(start("sa-key", "PRODUCTION")).toMatchObject({ code: "signature_required", proof: "signature" });
  expect(start("sa-secret", "TEST")).toMatchObject({ code: "key_required" });
});

test("the state comes before the proof: nobody is asked to sign what cannot be done", () => {
  const starting = resourceOf("start-instance", { environment: "PRODUCTION" });
  expect(decide("start-instance", people.Odile, starting, { signature: false }, now)).toMatchObject({ code: "state_forbids" });
  const busy = resourceOf("stop-instance", { openOperation: "reset-instance" });
  expect(decide("stop-instance", people.Odile, busy, { signature: false }, now)).toMatchObject({ code: "operation_in_progress" });
});

test("who may ask for an operation may cancel it until its first step, and nobody else", () => {
  const target = targetOf("cancel-action");
  expect(decideRight("cancel-action", people.Odile, target)).toEqual({ allow: true });
  expect(decideRight("cancel-action", people.Stan, target)).toMatchObject({ code: "profile_too_low" });
  const begun = { ...target, cancellable: false } as typeof target;
  expect(decide("cancel-action", people.Odile, begun, { signature: false }, now)).toMatchObject({ code: "already_started" });
});

test("rights on one Cloud give nothing on another", () => {
  const elsewhere = resourceOf("stop-instance", { cloudId: research });
  expect(decideRight("stop-instance", people.Odile, elsewhere)).toMatchObject({ code: "not_found" });
  expect(decideRight("stop-instance", people.Rita, elsewhere)).toEqual({ allow: true });
});

/** Somebody who reads, and their requests, as they leave the gate: for tests of lists alone. */
import type { Actor } from "../../worker/contract/actor.ts";
import type { HandledLabel } from "../../worker/contract/actions.ts";
import type { Env } from "../../worker/env.ts";
import { mintPermit } from "../../worker/gate/permit.ts";
import { Problem } from "../../worker/gate/problem.ts";
import { understandQuery } from "../../worker/gate/understand.ts";
import { handlers } from "../../worker/handlers/index.ts";
import type { Handler } from "../../worker/gate/context.ts";
import type { Label } from "../../worker/contract/actions.ts";
import { cloudOf, ORGANIZATION } from "./many.ts";

/** Lea reads the Clouds of these numbers; a program when she is one. */
export function exampleActor(clouds: readonly number[], kind: "person" | "api-account" = "person", organization = ORGANIZATION): Actor {
  const base = {
    id: 4242,
    name: "Lea Reader",
    organizationId: organization,
    organizationName: "Many",
    organizationKind: "customer" as const,
    grants: clouds.map((index) => ({ cloudId: cloudOf(index, organization), cloudName: `Cloud ${index}`, profile: "OPE" as const })),
  };
  return kind === "person"
    ? { ...base, kind, email: "lea@many.example", duties: [], securityKeys: 1, session: "session", mfaAt: null }
    : { ...base, kind, clientId: "cgdm-sa-many-reader", authenticatedBy: "secret", exception: null };
}

export interface Answer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  bytes: number;
  headers: Headers;
}

/** Runs a reading as the gate does after it has let it pass. A problem becomes its code and details. */
export async function ask(
  env: Env,
  actor: Actor,
  label: HandledLabel,
  query = "",
  target: unknown = { kind: "none" },
  now = 1_800_000_000_000,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const permit = mintPermit({
    label,
    actor,
    target: target as never,
    proof: { kind: "none", challenge: null, evidence: null },
    requestId: "test",
    dryRun: false,
    now,
  });
  try {
    const understood = understandQuery(label, new URLSearchParams(query));
    const run = handlers[label] as Handler<Label>;
    const input = { params: {}, query: understood, body: undefined, prepared: undefined, changeReference: null, idempotency: null };
    const response = await run(permit as never, input as never, {
      env,
      request: new Request("https://itcare.example/itcare", { headers }),
      waitUntil: () => {},
      tell: () => {},
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text), bytes: text.length, headers: response.headers };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: 400, body: { code: error.code, ...error.details }, bytes: 0, headers: new Headers() };
  }
}

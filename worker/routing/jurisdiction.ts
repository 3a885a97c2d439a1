/** Where Durable Objects may run and keep what they know. */
import type { Env } from "../env.ts";

/**
 * The namespace within the jurisdiction of the deployment: every object is named in it, or it would be another object, kept elsewhere. The local runtime
 * knows no jurisdictions, and a local start has none.
 */
export function inJurisdiction<Class extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Class>,
  { JURISDICTION }: Pick<Env, "JURISDICTION">,
): DurableObjectNamespace<Class> {
  return JURISDICTION ? namespace.jurisdiction(JURISDICTION) : namespace;
}

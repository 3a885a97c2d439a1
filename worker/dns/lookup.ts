/** What the regions' name servers say of a name together. Each answers for the resources of its own region; a name is in one of them. */
import { regionList } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { nameServerFor } from "../zones/engines.ts";
import type { Lookup } from "./answer.ts";

/** How long a region may take, in ms: resolvers give up after five seconds. */
const PATIENCE = 3_000;

/** A region that is away keeps no name of another's from being found; only that there is none cannot be said without it. */
export function lookupIn(env: Env): Lookup {
  return async (name, domain) => {
    const settled = await Promise.all(regionList.map((region) => patiently(nameServerFor(env, region).resolve(name, domain))));
    const known = settled.filter((answer) => answer !== null);
    const addresses = known.flatMap((answer) => answer.addresses);
    const exists = known.some((answer) => answer.exists);
    if (!exists && known.length < settled.length) return null;
    return { exists, addresses, serial: known.reduce((sum, answer) => sum + answer.serial, 0) };
  };
}

async function patiently<Answer>(work: Promise<Answer>): Promise<Answer | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  const answer = await Promise.race([work.catch(() => null), silence]);
  clearTimeout(timer);
  return answer;
}

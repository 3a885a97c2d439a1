/** A Service of the API as the contract's decisions want it. */
import type { ServiceTarget } from "../../../worker/contract/actor.ts";
import { readId } from "../../../worker/contract/ids.ts";
import type { ServiceItem } from "../../../worker/contract/shapes/resources.ts";

export function serviceTarget({ id, cloudId, name, description, environment, deleting, revision }: ServiceItem): ServiceTarget {
  return { kind: "service", id, organizationId: readId(id)!.organization, cloudId, name, description, environment, closing: deleting, revision };
}

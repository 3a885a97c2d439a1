/** The Services to choose from where something is created; those in which the person cannot create it stand there disabled. */
import type { Label } from "../../../worker/contract/actions.ts";
import type { Answer } from "../../api/client.ts";
import { can } from "../../can.ts";
import { session } from "../../state/session.svelte.ts";
import { serviceTarget } from "../service/service.ts";

type Service = Answer<"list-services">["content"][number];

export interface ServiceOption {
  value: number;
  text: string;
  group: string;
  disabled: boolean;
}

export function serviceOptions(services: readonly Service[], label: Label): ServiceOption[] {
  return services
    .filter(({ cloudId }) => !session.cloud || session.cloud.id === cloudId)
    .map((service) => ({
      value: service.id,
      text: service.name,
      group: service.cloudName,
      disabled: !session.actor || !can(label, session.actor, serviceTarget(service)).allow,
    }));
}

/** A link from a Service's page has chosen it already. Null: it names none in which it can be created. */
export function serviceIn(query: URLSearchParams, options: readonly ServiceOption[]): number | null {
  const wanted = Number(query.get("service"));
  return options.find(({ value, disabled }) => value === wanted && !disabled)?.value ?? null;
}

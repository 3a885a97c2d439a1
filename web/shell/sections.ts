/** The sections of the console for somebody's duties, in the order of the rail; the palette leads to the same. */
import type { Duty } from "../../worker/contract/roles.ts";
import type { IconName } from "../ui/Icon.svelte";

const everybodys = ["resources", "balancers", "services", "topology", "quotas"] as const;
/** Who has a duty decides about people, asks and decides; the others find what is theirs in their account. */
const ofDuties = {
  "security-representative": ["people", "requests", "clouds", "apiAccounts", "access"],
  "service-delivery": ["organizations", "requests"],
} as const satisfies Record<Duty, readonly string[]>;

export type Section = (typeof everybodys)[number] | (typeof ofDuties)[Duty][number] | "log" | "account";

export function sectionsFor(duties: readonly Duty[]): Section[] {
  return [...new Set<Section>([...everybodys, ...duties.flatMap((duty): readonly Section[] => ofDuties[duty]), "log", "account"])];
}

export function iconOf(section: Section): IconName {
  return section === "apiAccounts" ? "key" : section === "access" ? "eye" : section;
}

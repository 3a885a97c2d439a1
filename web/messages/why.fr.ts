/** Pourquoi quelque chose ne se peut pas, et le chemin vers ce qui le changerait. */
import type { why as inEnglish } from "./why.en.ts";

export const why: typeof inEnglish = {
  title: (act) => `Pourquoi pas : ${act} ?`,
  changes: "Ce qui le changerait",
  links: { account: "Mon compte", people: "Personnes", instance: "L’instance", balancer: "Le répartiteur de charge" },
};

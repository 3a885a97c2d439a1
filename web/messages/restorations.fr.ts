import type { restorations as english } from "./restorations.en.ts";

export const restorations: typeof english = {
  title: (region) => `La région ${region} a été ramenée à un moment antérieur`,
  text: (point, restored) =>
    `Ses données sont celles du ${point}, depuis le ${restored}. Elle se lit, et rien n’y change tant que vous n’avez pas décidé de ce qui s’est passé depuis. Rien n’est refait de soi-même.`,
  nothing: "Rien n’est connu que ces données n’aient déjà.",
  take: "Tel que c’est réellement",
  keep: "Garder les données rétablies",
  differences: {
    added: "existe, et manque aux données rétablies",
    removed: "figure aux données rétablies, et n’existe plus",
    changed: "n’est plus tel que le disent les données rétablies",
    none: "ne diffère en rien que sa zone connaisse",
    unknown: "sa zone ne répond pas",
  },
  state: (restored, actual) => `Rétabli : ${restored}. Réel : ${actual}.`,
  absent: "absent",
  names: (list) => `noms ${list}`,
  snapshots: (count) => `instantanés ${count}`,
  known: (who, what, when) => `${who} a demandé ${what}, ${when}`,
  askAgain: (labels) => `Aucune zone ne les connaît ; à redemander si besoin : ${labels}.`,
  decide: "Décider et rouvrir la région",
  effect:
    "Ce qui existe réellement devient les données, sauf ce que vous gardez ; ce que les zones n’ont plus est retiré. Ensuite, tout peut de nouveau être demandé à la région. Votre décision est signée et reste au journal.",
  lost: (count) => `Gardés tels que rétablis : ${count}. Ce qui leur a été fait depuis est perdu.`,
  settled: "La région est rouverte",
  failed: "Ce qui a été rétabli n’a pas pu être lu",
  missing: (regions) => `${regions} ne répond pas : on ne sait pas s’il y a à y décider.`,
};

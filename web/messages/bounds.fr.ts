/** Words of what is bounded, in French. */
import type { pause as english, quotas as englishQuotas } from "./bounds.en.ts";

export const pause: typeof english = {
  title: "Une courte pause",
  detail: (seconds) =>
    `Beaucoup de demandes en peu de temps. Ce que vous attendez reprend tout seul dans ${seconds === 1 ? "une seconde" : `${seconds} secondes`}.`,
};

export const quotas: typeof englishQuotas = {
  title: "Quotas",
  lead: "Ce que chaque Cloud peut avoir dans chaque région, et ce qu’il a. Ce qui est en création compte déjà ; pendant un redimensionnement, c’est la plus grande taille qui compte.",
  names: {
    instances: "Instances",
    cpus: "Processeurs",
    ram: "Mémoire",
    storage: "Stockage",
    snapshots: "Instantanés",
    loadBalancers: "Répartiteurs de charge",
    dnsAliases: "Alias DNS",
  },
  of: (used, limit) => `${used} sur ${limit}`,
  ofWith: (used, more, limit) => `${used} + ${more} sur ${limit}`,
  left: (left) => `reste ${left}`,
  full: "épuisé",
  nearly: "presque épuisé",
  beyond: (over) => `${over} de trop`,
  usual: "comme pour tout Cloud",
  set: "fixé pour ce Cloud",
  here: (cloud, region) => `Quotas de ${cloud} en ${region}`,
  wouldUse: "Ce que cela prendrait",
  unknown: "Ce qui reste n’est pas connu pour l’instant ; l’API le vérifie de toute façon.",
  howToMend: "Supprimez ce qui ne sert plus, ou demandez un quota plus élevé au Service Delivery.",
  missing: (regions) => `${regions} ne répond pas et n’est pas affichée.`,
  none: "Aucun Cloud dont vous voyez les quotas",
  noneText: "Les quotas sont affichés pour les Clouds sur lesquels vous avez un profil.",
  organization: "Organisation",
  own: "Mon organisation",
  change: "Modifier",
  changeIn: (cloud, region) => `Modifier les quotas de ${cloud} en ${region}`,
  changeText: "Ce qui existe reste, quelle que soit la limite : seul un ajout est refusé. Un champ vide vaut comme pour tout Cloud.",
  changed: "Les quotas sont modifiés",
  nothingChanged: "Modifiez au moins un quota.",
  fieldHint: (used, usual) => `${used} en service ; ${usual} pour tout Cloud`,
  reason: "Motif",
  exceeded: (what, region, used, limit, wanted) =>
    `${what} : le Cloud peut en avoir ${limit} en ${region} et en a ${used} ; ceci en demande ${wanted} de plus.`,
};

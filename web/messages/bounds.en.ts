/** Words of what is bounded: how often one may ask, and how much a Cloud may have. */
export const pause = {
  title: "A short pause",
  detail: (seconds: number) =>
    `A lot was asked in a short time. What you are waiting for goes on by itself in ${seconds === 1 ? "a second" : `${seconds} seconds`}.`,
};

export const quotas = {
  title: "Quotas",
  lead: "How much each Cloud may have in each region, and has. What is being made counts already; while an instance is resized, its larger size counts.",
  names: {
    instances: "Instances",
    cpus: "CPUs",
    ram: "Memory",
    storage: "Storage",
    snapshots: "Snapshots",
    loadBalancers: "Load balancers",
    dnsAliases: "DNS aliases",
  } as Record<string, string>,
  of: (used: string, limit: string) => `${used} of ${limit}`,
  ofWith: (used: string, more: string, limit: string) => `${used} + ${more} of ${limit}`,
  left: (left: string) => `${left} left`,
  full: "used up",
  nearly: "nearly used up",
  beyond: (over: string) => `${over} too many`,
  usual: "as for every Cloud",
  set: "set for this Cloud",
  here: (cloud: string, region: string) => `Quotas of ${cloud} in ${region}`,
  wouldUse: "What this would use",
  unknown: "How much is left is not known at the moment; the API checks it all the same.",
  howToMend: "Delete what is no longer needed, or ask Service Delivery for a higher quota.",
  missing: (regions: string) => `${regions} does not answer, and is not shown.`,
  none: "There is no Cloud whose quotas you see",
  noneText: "Quotas are shown for the Clouds on which you hold a profile.",
  organization: "Organization",
  own: "My organization",
  change: "Change",
  changeIn: (cloud: string, region: string) => `Change the quotas of ${cloud} in ${region}`,
  changeText: "What is there already stays, whatever the limit: only more is refused. An empty field is as for every Cloud.",
  changed: "The quotas are changed",
  nothingChanged: "Change one quota at least.",
  fieldHint: (used: string, usual: string) => `${used} in use; ${usual} for every Cloud`,
  reason: "Reason",
  exceeded: (what: string, region: string, used: string, limit: string, wanted: string) =>
    `${what}: the Cloud may have ${limit} in ${region} and has ${used}; this takes ${wanted} more.`,
};

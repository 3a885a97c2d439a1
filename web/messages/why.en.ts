/** Why something cannot be done, and the way to what would change it. */
export const why = {
  title: (act: string) => `Why not: ${act}?`,
  changes: "What would change it",
  links: { account: "My account", people: "People", instance: "The instance", balancer: "The load balancer" },
};

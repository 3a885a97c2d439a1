/** After a region was brought back to an earlier moment: what is known more, and what becomes of it. */
export const restorations = {
  title: (region: string) => `Region ${region} was brought back to an earlier moment`,
  text: (point: string, restored: string) =>
    `Its facts are those of ${point}, since ${restored}. It can be read, and nothing is changed in it until you have decided about what came since. Nothing is done again by itself.`,
  nothing: "Nothing is known that these facts do not have.",
  take: "As it really is",
  keep: "Let the restored facts stand",
  differences: {
    added: "is there, and not in the restored facts",
    removed: "is in the restored facts, and not there any more",
    changed: "is there otherwise than the restored facts say",
    none: "differs in nothing that its zone knows",
    unknown: "its zone does not answer",
  } as Record<string, string>,
  state: (restored: string, actual: string) => `Restored: ${restored}. There: ${actual}.`,
  absent: "not there",
  names: (list: string) => `names ${list}`,
  snapshots: (count: string) => `snapshots ${count}`,
  known: (who: string, what: string, when: string) => `${who} asked for ${what}, ${when}`,
  askAgain: (labels: string) => `No zone knows these; whoever wants them asks again: ${labels}.`,
  decide: "Decide and open the region",
  effect:
    "What is really there becomes the facts, but for what you let stand; what the zones do not have any more is removed. Then everything can be asked of the region again. What you decide is signed and stays in the log.",
  lost: (count: string) => `Let stand as restored: ${count}. What was done to these since is lost.`,
  settled: "The region is open again",
  failed: "What was restored could not be read",
  missing: (regions: string) => `${regions} does not answer: whether anything is to be decided there is not known.`,
};

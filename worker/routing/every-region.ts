/** The same question to several regions at once. A region that is away is left out where the caller may have a partial answer, and named. */
import type { Actor } from "../contract/actor.ts";
import type { Region } from "../contract/topology.ts";
import { isAway, readRegion } from "./regions.ts";

export interface Answers<Answer> {
  answers: { region: Region; answer: Answer }[];
  missing: Region[];
}

/** The console shows what lives and says what is missing; a program gets a partial answer only when it asks for one. */
export function mayBePartial(actor: Actor, asked: boolean | undefined): boolean {
  return asked ?? actor.kind === "person";
}

/** @throws Problem("region_unavailable") when a region is away and the answer may not be partial, or when none answers */
export async function askEvery<Answer>(
  regions: readonly Region[],
  allowPartial: boolean,
  ask: (region: Region) => Promise<Answer>,
): Promise<Answers<Answer>> {
  const settled = await Promise.allSettled(regions.map((region) => readRegion(region, () => ask(region))));
  const answers: Answers<Answer>["answers"] = [];
  const missing: Region[] = [];
  settled.forEach((one, index) => {
    const region = regions[index]!;
    if (one.status === "fulfilled") answers.push({ region, answer: one.value });
    else if (isAway(one.reason)) missing.push(region);
    else throw one.reason;
  });
  const failed = settled.find((one) => one.status === "rejected");
  if (failed && (!allowPartial || answers.length === 0)) throw failed.reason;
  return { answers, missing };
}

/** For answers that are bare arrays: which regions are not in them. */
export function missingHeader(missing: readonly Region[]): Record<string, string> {
  return missing.length > 0 ? { "itcare-missing-regions": missing.join(",") } : {};
}

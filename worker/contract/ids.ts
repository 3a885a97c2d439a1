/**
 * One integer below 2^53 names everything: (region · 2^17 + organization) · 2^32 + sequence.
 * The region is 0 for what the directory owns. Routing reads region and organization off the id; no look-up is needed.
 */
export interface IdParts {
  region: number;
  organization: number;
  sequence: number;
}

const SEQUENCES = 2 ** 32;
const ORGANIZATIONS = 2 ** 17;
const REGIONS = 2 ** 4;

/** The number that stands for the directory in the region part of an id. */
export const DIRECTORY = 0;

/** @throws RangeError when a part does not fit: region < 16, organization < 2^17, sequence < 2^32. */
export function makeId({ region, organization, sequence }: IdParts): number {
  requireBelow("region", region, REGIONS);
  requireBelow("organization", organization, ORGANIZATIONS);
  requireBelow("sequence", sequence, SEQUENCES);
  return (region * ORGANIZATIONS + organization) * SEQUENCES + sequence;
}

/** The parts of an id, or null when the number cannot be one. */
export function readId(id: number): IdParts | null {
  if (!Number.isSafeInteger(id) || id < 0) return null;
  const prefix = Math.floor(id / SEQUENCES);
  const region = Math.floor(prefix / ORGANIZATIONS);
  if (region >= REGIONS) return null;
  return { region, organization: prefix % ORGANIZATIONS, sequence: id % SEQUENCES };
}

/** What people call a Service by in tickets: short, and the same when it is renamed. */
export function serviceKeyOf(id: number): string {
  const { organization, sequence } = readId(id)!;
  return `S${organization}-${sequence}`;
}

/** An id as it stands in a path or a query: decimal digits, nothing else. Null for anything that is no id. */
export function parseId(text: string): number | null {
  if (!/^[1-9]\d{0,15}$/.test(text)) return null;
  const id = Number(text);
  return readId(id) ? id : null;
}

function requireBelow(part: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`The ${part} of an id is a whole number below ${limit}, not ${value}.`);
  }
}

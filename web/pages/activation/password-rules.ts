/** What can be said of a password while it is typed. The server judges it once more, with lists that the browser does not have. */
export interface PasswordContext {
  minLength: number;
  maxLength: number;
  /** Names and addresses that a guesser knows: the person's, the organization's, the product's. */
  known: readonly string[];
}

export interface PasswordFacts {
  /** Code points after NFC, as the server counts them. */
  length: number;
  longEnough: boolean;
  shortEnough: boolean;
  /** Enough remains without the known words. */
  own: boolean;
  varied: boolean;
}

const LEAST_REST = 5;
const LEAST_DISTINCT = 6;

export function passwordFacts(password: string, { minLength, maxLength, known }: PasswordContext): PasswordFacts {
  const length = [...password.normalize("NFC")].length;
  const plain = fold(password);
  const parts = [...new Set(known.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u)).map(fold))]
    .filter((part) => part.length >= 3)
    .sort((a, b) => b.length - a.length);
  const rest = parts.reduce((text, part) => text.replaceAll(part, ""), plain);
  return {
    length,
    longEnough: length >= minLength,
    shortEnough: length <= maxLength,
    own: length > 0 && rest.length >= LEAST_REST,
    varied: new Set(plain).size >= LEAST_DISTINCT && !repeats(plain),
  };
}

export function isAcceptable(facts: PasswordFacts): boolean {
  return facts.longEnough && facts.shortEnough && facts.own && facts.varied;
}

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}\s\p{P}\p{S}]/gu, "");
}

/** One unit over and over, the last one perhaps cut off. */
function repeats(text: string): boolean {
  for (let unit = 1; unit <= text.length / 2; unit++) if (text.startsWith(text.slice(unit))) return true;
  return false;
}

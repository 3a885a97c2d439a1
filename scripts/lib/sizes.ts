/** How long the tests are that can be longer. One alone takes another number or another seed from the environment: `ROUNDS=500 SEED=7 npm exec -- vitest …`. */
export interface Sizes {
  /** Rounds of each race. */
  ROUNDS: number;
  /** Generated requests; the generated lists and DNS messages follow this number. */
  REQUESTS: number;
  /** Seeds of the simulated operations, one operation each. */
  SEEDS: number;
  /** Times that the runtime is killed. */
  CRASHES: number;
  /** Of those who lack the same for the same act: how many are given it. */
  ALIKE: number;
}

/** `npm test`. */
export const short: Sizes = { ROUNDS: 50, REQUESTS: 2_000, SEEDS: 500, CRASHES: 5, ALIKE: 1 };
/** `npm run test:long`. */
export const long: Sizes = { ROUNDS: 200, REQUESTS: 20_000, SEEDS: 100_000, CRASHES: 50, ALIKE: 100 };
/** Fixed, so that a change is what makes a test fail; the long run looks elsewhere each time. */
export const SEED = 20261121;

/** What this run was asked for, or what `npm test` has. */
export function sizeOf(name: keyof Sizes): number {
  return Number(process.env[name] ?? short[name]);
}

export function seedOf(): number {
  return Number(process.env["SEED"] ?? SEED);
}

/**
 * Which load balancers a region's controller looks at, and when: those of which something was said to have changed, until their health monitors have
 * come to a verdict; and all of them in turn. It stands in memory alone: what is lost is looked at again in its turn.
 */
import type { Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { observeBalancer } from "./observe-balancer.ts";

/** Between two looks at the same one, in ms. */
const PAUSE = 2_000;
/** So long one is looked at again and again, in ms: far above any usual verdict. */
const PATIENCE = 90_000;
/** How many are looked at at once. */
const AT_ONCE = 8;

export class BalancerWatch {
  readonly #due = new Map<number, { at: number; until: number }>();

  add(ids: readonly number[], now: number): void {
    for (const id of ids) this.#due.set(id, { at: now, until: now + PATIENCE });
  }

  /** When the next look is due, in ms since 1970; Infinity: none is. */
  get next(): number {
    return Math.min(...[...this.#due.values()].map(({ at }) => at));
  }

  /** Looks at what is due. Never fails. */
  async look(env: Env, region: Region, now: number): Promise<void> {
    const due = [...this.#due].filter(([, { at }]) => at <= now).map(([id]) => id);
    for (let at = 0; at < due.length; at += AT_ONCE) {
      await Promise.all(due.slice(at, at + AT_ONCE).map((id) => this.#lookAt(env, region, id)));
    }
  }

  async #lookAt(env: Env, region: Region, id: number): Promise<void> {
    const { until } = this.#due.get(id)!;
    const mayChange = await observeBalancer(env, region, id, Date.now()).catch((error: unknown) => {
      console.error(`load balancer ${id} is looked at later:`, error);
      return true;
    });
    const at = Date.now() + PAUSE;
    if (mayChange && at < until) this.#due.set(id, { at, until });
    else this.#due.delete(id);
  }
}

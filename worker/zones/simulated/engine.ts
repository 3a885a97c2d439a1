/** The embedded engine, seen from a controller: calls the zone's Durable Object, and hands over what the region's database says is in the zone. */
import type { Env } from "../../env.ts";
import { inJurisdiction } from "../../routing/jurisdiction.ts";
import { regionOfZone, isZone, zones, type Region, type Zone } from "../../contract/topology.ts";
import { readInventory, readInventoryOf, type Inventory, type InventoryPosition } from "../../../db/region/read/inventory.ts";
import { readBalancerInventory, readBalancerInventoryOf, type BalancerInventory } from "../../../db/region/read/balancer-inventory.ts";
import { readServedAliases } from "../../../db/region/read/aliases.ts";
import type { Domain } from "../../contract/domains.ts";
import type { Observed, ObservedName } from "../../contract/observed.ts";
import {
  EngineUnreachable,
  verbs,
  type Backups,
  type Effect,
  type EffectState,
  type Kind,
  type Measure,
  type MetricsQuestion,
  type NameServer,
  type Question,
  type Series,
  type ZoneEngine,
} from "../engine.ts";
import type { ControllerName } from "../wake.ts";
import type { Target } from "./balancer-rows.ts";
import { toReceived } from "./received.ts";
import type { SimulatedZone } from "./zone.ts";

/** How long an answer may take, in ms, before it counts as lost. */
const PATIENCE = 5_000;

/** How many records are handed over at once. */
const CHUNK = 500;

/** The one place that names a simulated zone: by its code, never by a name of somebody. */
export function simulatedZone(env: Env, name: ControllerName): DurableObjectStub<SimulatedZone> {
  return inJurisdiction(env.SIMULATED_ZONES, env).getByName(name);
}

/** What the zone answers instead of throwing: `away`, it does not answer; `closed`, nobody has told it yet what is in it; `unknown`, it has never heard of the thing. */
export type Silence = { state: "away" } | { state: "closed" } | { state: "unknown" };

interface About {
  kind: Kind;
  resourceId: number;
}

export class SimulatedEngine implements ZoneEngine, NameServer {
  readonly #env: Env;
  readonly #name: ControllerName;

  constructor(env: Env, name: ControllerName) {
    this.#env = env;
    this.#name = name;
  }

  apply(effect: Effect): Promise<EffectState> {
    return this.#ask({ kind: verbs[effect.verb], resourceId: effect.resourceId }, async (zone): Promise<EffectState | Silence> => zone.apply(effect));
  }

  poll(question: Question): Promise<EffectState> {
    return this.#ask(null, async (zone): Promise<EffectState | Silence> => zone.poll(question));
  }

  async observe(resourceId: number, kind: Kind): Promise<Observed | null> {
    if (kind === "balancer") await this.#probe(resourceId);
    const { observed } = await this.#ask({ kind, resourceId }, async (zone): Promise<{ state: "seen"; observed: Observed | null } | Silence> =>
      zone.observe(resourceId, kind),
    );
    return observed;
  }

  async metrics(question: MetricsQuestion): Promise<Partial<Record<Measure, Series>> | null> {
    const { series } = await this.#ask(
      { kind: "instance", resourceId: question.resourceId },
      async (zone): Promise<{ state: "measured"; series: Partial<Record<Measure, Series>> | null } | Silence> => zone.metrics(question),
    );
    return series;
  }

  async backups(resourceId: number): Promise<Backups | null> {
    const { backups } = await this.#ask(
      { kind: "instance", resourceId },
      async (zone): Promise<{ state: "kept"; backups: Backups | null } | Silence> => zone.backups(resourceId),
    );
    return backups;
  }

  async resolve(name: string, domain: Domain): Promise<ObservedName> {
    const answer = await this.#ask(null, async (zone): Promise<{ state: "resolved"; name: ObservedName } | Silence> => zone.resolve(name, domain));
    return answer.name;
  }

  async health(): Promise<{ healthy: boolean; instances: number }> {
    const { instances } = await this.#ask(null, async (zone): Promise<{ state: "healthy"; instances: number } | Silence> => zone.health());
    return { healthy: true, instances };
  }

  /** Which of these machines answer on the network; none where the zone itself does not. */
  async probe(instanceIds: readonly number[]): Promise<number[]> {
    try {
      const question = async (zone: DurableObjectStub<SimulatedZone>): Promise<{ state: "probed"; good: number[]; strangers: number[] } | Silence> =>
        zone.probe(instanceIds);
      const first = await this.#ask(null, question);
      if (first.strangers.length === 0) return first.good;
      for (const resourceId of first.strangers) await this.#adopt({ kind: "instance", resourceId });
      return (await this.#ask(null, question)).good;
    } catch (error) {
      if (error instanceof EngineUnreachable) return [];
      throw error;
    }
  }

  /** The balancer's health monitor looks at its members, each in the zone where it runs. */
  async #probe(balancerId: number): Promise<void> {
    const { targets } = await this.#ask(
      { kind: "balancer", resourceId: balancerId },
      async (zone): Promise<{ state: "targets"; targets: Target[] } | Silence> => zone.targets(balancerId),
    );
    const places = [...new Set(targets.map(({ zone }) => zone))].filter(isZone);
    const good = await Promise.all(
      places.map((place) => {
        const there = targets.filter(({ zone }) => zone === place).map(({ member }) => member);
        return new SimulatedEngine(this.#env, place).probe(there);
      }),
    );
    await this.#patiently(() => simulatedZone(this.#env, this.#name).probed(balancerId, good.flat()));
  }

  /** Asks; should the zone not know what it holds, tells it and asks once more. */
  async #ask<Answer extends { state: string }>(
    about: About | null,
    question: (zone: DurableObjectStub<SimulatedZone>) => Promise<Answer | Silence>,
  ): Promise<Answer> {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const answer = await this.#patiently(() => question(simulatedZone(this.#env, this.#name)));
      if (answer.state === "closed") await this.#open();
      else if (answer.state === "unknown") await this.#adopt(about!);
      else if (answer.state === "away") break;
      else return answer as Answer;
    }
    throw new EngineUnreachable(`The zone ${this.#name} does not answer.`);
  }

  /** First contact: everything that the region's database has in this zone, or of the region itself, in chunks. */
  async #open(): Promise<void> {
    const name = this.#name;
    if (isZone(name)) await this.#handOverInstances(name);
    else await this.#handOverRegion(name);
    await this.#patiently(() => simulatedZone(this.#env, this.#name).open());
  }

  async #handOverInstances(zone: Zone): Promise<void> {
    const database = this.#env[`REGION_${regionOfZone(zone)}`];
    let after: InventoryPosition | null = null;
    for (;;) {
      const { rows, last }: Inventory = await this.#patiently(() => readInventory(database, zones[zone].code, after));
      await this.#patiently(() => simulatedZone(this.#env, this.#name).receive(rows));
      if (!last) return;
      after = last;
    }
  }

  async #handOverRegion(region: Region): Promise<void> {
    await this.#handOverRecords(region);
    let after: InventoryPosition | null = null;
    do {
      const { rows, last }: BalancerInventory = await this.#patiently(() => readBalancerInventory(this.#database, after));
      await this.#patiently(() => simulatedZone(this.#env, region).receiveBalancers(rows.map(toReceived)));
      after = last;
    } while (after);
  }

  get #database(): D1Database {
    return this.#env[`REGION_${isZone(this.#name) ? regionOfZone(this.#name) : this.#name}`];
  }

  async #handOverRecords(region: Region): Promise<void> {
    const database = this.#env[`REGION_${region}`];
    for (let after = ""; ;) {
      const rows = await this.#patiently(() => readServedAliases(database, after, CHUNK));
      const records = rows.map(({ name, domain, address, resource_id: resourceId }) => ({ name, domain, address, resourceId }));
      await this.#patiently(() => simulatedZone(this.#env, this.#name).receiveRecords(records));
      if (rows.length < CHUNK) return;
      after = rows.at(-1)!.name;
    }
  }

  /** One thing that came into the database after the first contact. */
  async #adopt({ kind, resourceId }: About): Promise<void> {
    const zone = simulatedZone(this.#env, this.#name);
    if (kind === "balancer") {
      const row = await this.#patiently(() => readBalancerInventoryOf(this.#database, resourceId));
      await this.#patiently(() => (row ? zone.receiveBalancers([toReceived(row)]) : zone.forget(resourceId, kind)));
      return;
    }
    const row = isZone(this.#name) ? await this.#patiently(() => readInventoryOf(this.#database, resourceId)) : null;
    await this.#patiently(() => (row ? zone.receive([row]) : zone.forget(resourceId, kind)));
  }

  /** @throws EngineUnreachable for every failure and for silence: whether anything happened is unknown in all of them */
  async #patiently<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new EngineUnreachable(`No answer within ${PATIENCE} ms.`)), PATIENCE);
    });
    try {
      return await Promise.race([work(), silence]);
    } catch (error) {
      throw error instanceof EngineUnreachable ? error : new EngineUnreachable(String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The load: each driver asks for one act after the other, signed as a console would, and keeps what was acknowledged. */
import { randomUUID } from "node:crypto";
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import type { Driver, Lane } from "./people.ts";

/** What the product has said that it will do. */
export interface Acknowledged {
  id: number;
  resourceId: number;
  process: string;
}

interface Wanted {
  method: string;
  path: string;
  body: object | undefined;
  key: string;
}

const sizings = ["1cpu2gb", "2cpu4gb", "4cpu8gb", "8cpu16gb"];

export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers that no load of ours should get. */
  readonly surprises: string[] = [];
  readonly #driver: Driver;
  readonly #lane: Lane;
  readonly #origin: string;
  /** Asked, and never answered: whether it was done is unknown until it is asked again under the same key. */
  #unanswered: Wanted | null = null;
  #running = false;
  #loop: Promise<void> = Promise.resolve();
  #created = 0;

  constructor(driver: Driver, lane: Lane, origin: string) {
    this.#driver = driver;
    this.#lane = lane;
    this.#origin = origin;
  }

  start(): void {
    this.#running = true;
    this.#loop = this.#run();
  }

  /** Resolves when the last request has been answered or lost. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const wanted = this.#unanswered ?? this.#choose();
      this.#unanswered = wanted;
      try {
        await this.#act(wanted);
        this.#unanswered = null;
      } catch {
        // Lost with the process: the same is asked again once there is another.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  #choose(): Wanted {
    const { instances, zones, serviceId, name } = this.#driver;
    const key = randomUUID();
    if (instances.length === 0 || Math.random() < 0.15) {
      const body = {
        name: `${name}-${this.#driver.lanes.indexOf(this.#lane)}-${++this.#created}`,
        serviceId,
        productCode: "debian13",
        resourceId: "2cpu4gb",
        az: any(zones),
        replicationEnabled: true,
        disks: [40, 20],
        tags: [{ key: "made-by", value: name }],
      };
      return { method: "POST", path: "/itcare/compute/instances", body, key };
    }
    const path = `/itcare/compute/instances/${any(instances)}`;
    if (Math.random() < 0.12) return { method: "DELETE", path, body: undefined, key };
    const operation = any(["start", "stop", "stop", "reset", "resize"]);
    return { method: "PATCH", path, body: { operation, ...(operation === "resize" && { options: { resourceId: any(sizings) } }) }, key };
  }

  /** Asks, signs what is to be signed, asks again. @throws when the connection is lost */
  async #act(wanted: Wanted): Promise<void> {
    let response = await this.#send(wanted);
    for (let tries = 0; response.status === 401 && tries < 2; tries++) {
      const { challenge } = (await response.json()) as { challenge?: { options: { challenge: string } } };
      if (!challenge) break;
      const proof = toBase64Url(new TextEncoder().encode(JSON.stringify(await this.#lane.key.get(challenge.options))));
      response = await this.#send(wanted, { "itcare-proof": proof });
    }
    const answer = (await response.json()) as Action & { errorCode?: string; detail?: string };
    if (response.status === 202) return this.#keep(answer);
    // The instance is busy, in another state, gone, or of that size already: what the load chose at random.
    if (response.status === 404) this.#driver.instances = this.#driver.instances.filter((id) => !wanted.path.endsWith(String(id)));
    else if (response.status === 400 && answer.detail?.includes("already")) return;
    else if (response.status !== 409 && response.status !== 412)
      this.surprises.push(`${wanted.method} ${wanted.path} ${JSON.stringify(wanted.body)}: ${response.status} ${answer.errorCode} ${answer.detail}`);
  }

  #keep({ id, resourceId, process: code }: Action): void {
    this.acknowledged.push({ id, resourceId, process: code });
    if (code === "vm_create") this.#driver.instances.push(resourceId);
  }

  #send({ method, path, body, key }: Wanted, more: Record<string, string> = {}): Promise<Response> {
    const headers = {
      cookie: this.#lane.cookie,
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
      "idempotency-key": key,
      ...(body && { "content-type": "application/json" }),
      ...more,
    };
    return fetch(this.#origin + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
  }
}

function any<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}

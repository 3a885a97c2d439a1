/** The load: each driver asks for one act after the other, signed as a console would, and keeps what was acknowledged. */
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { chooseAct, type Wanted } from "./acts.ts";
import type { Driver, Lane } from "./people.ts";

/** What the product has said that it will do. */
export interface Acknowledged {
  id: number;
  resourceId: number;
  process: string;
}

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
      try {
        this.#unanswered ??= await chooseAct(this.#driver, (path) => this.#look(path));
        if (this.#unanswered) await this.#act(this.#unanswered);
        this.#unanswered = null;
      } catch {
        // Lost with the process: the same is asked again once there is another.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Reads what an act must name. */
  async #look<Value>(path: string): Promise<Value | null> {
    const response = await this.#send({ method: "GET", path, body: undefined, key: "" });
    return response.ok ? ((await response.json()) as Value) : null;
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
    if (response.status === 404) this.#driver.services = this.#driver.services.filter((id) => !wanted.path.endsWith(String(id)));
    if (response.status === 404) this.#driver.instances = this.#driver.instances.filter((id) => !wanted.path.endsWith(String(id)));
    else if (response.status === 400 && /already|by then|no member/.test(answer.detail ?? "")) return;
    else if (response.status !== 409 && response.status !== 412)
      this.surprises.push(`${wanted.method} ${wanted.path} ${JSON.stringify(wanted.body)}: ${response.status} ${answer.errorCode} ${answer.detail}`);
  }

  #keep({ id, resourceId, process: code }: Action): void {
    this.acknowledged.push({ id, resourceId, process: code });
    if (code === "vm_create") this.#driver.instances.push(resourceId);
    if (code === "service_create") this.#driver.services.push(resourceId);
  }

  #send({ method, path, body, key }: Wanted, more: Record<string, string> = {}): Promise<Response> {
    const headers = {
      cookie: this.#lane.cookie,
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
      ...(key && { "idempotency-key": key }),
      ...(body && { "content-type": "application/json" }),
      ...more,
    };
    return fetch(this.#origin + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
  }
}

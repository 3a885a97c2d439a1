/** The Worker's process, from outside: started, asked, killed with everything that it started. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { ownEnvironment, ownNode, root } from "../../scripts/lib/own-node.mjs";
import type { Zone } from "../../worker/contract/topology.ts";
import type { Kind } from "../../worker/zones/engine.ts";
import type { ControllerName } from "../../worker/zones/wake.ts";
import type { ArrangedFault } from "../../worker/zones/simulated/zone.ts";

export type Question =
  | { database: string; sql: string }
  | { zone: ControllerName; effects: true }
  | { zone: ControllerName; observe: number; kind: Kind }
  | { zone: Zone; arrange: ArrangedFault };
export type Answer = { number: number; value: unknown } | { number: number; error: string };

const READY_WITHIN = 60_000;

export class Server {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #asked = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message: { ready: true } | Answer) => {
      if (!("number" in message)) return;
      const waiting = this.#waiting.get(message.number);
      this.#waiting.delete(message.number);
      if ("error" in message) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value);
    });
    child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The process has ended."));
    });
  }

  /** @throws Error when it does not come up */
  static async start(bundle: string, state: string, port: number): Promise<Server> {
    // A group of its own: workerd dies with it.
    const child = spawn(ownNode(), [join(root, "test/crash/runtime.ts"), bundle, state, String(port)], {
      cwd: root,
      detached: true,
      stdio: ["ignore", process.env["SHOW"] ? "inherit" : "ignore", process.env["SHOW"] ? "inherit" : "ignore", "ipc"],
      env: ownEnvironment(),
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The Worker did not come up within ${READY_WITHIN} ms.`)), READY_WITHIN);
      child.once("message", () => {
        clearTimeout(timer);
        resolve();
      });
      child.once("exit", (code) => reject(new Error(`The Worker's process ended with ${code}; SHOW=1 shows what it said.`)));
    });
    return new Server(child);
  }

  ask<Value>(question: Question): Promise<Value> {
    const number = ++this.#asked;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send({ number, question }, (error) => error && reject(error));
    });
  }

  /** As a power cut does to a process: nothing is asked, nothing is finished. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    process.kill(-this.#child.pid!, "SIGKILL");
    await gone;
  }
}

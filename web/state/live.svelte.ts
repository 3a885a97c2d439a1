/**
 * What happens, as it happens. The organization's log pushes its entries over a WebSocket; while there is none the actions are asked for every few
 * seconds. Pages subscribe to entries; the drawer and the top bar read the actions.
 */
import { pathOf } from "../../worker/contract/actions.ts";
import type { LogEntry } from "../../worker/contract/log-entry.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { call } from "../api/client.ts";
import { asProblem } from "../api/problem.ts";

/** What the log pushes; a heartbeat says that the line is alive and how far the chain has come. */
type LogMessage = { type: "entry"; entry: LogEntry; names: Record<string, string> } | { type: "heartbeat"; head: { sequence: number; hash: string } };

export interface LiveEntry {
  entry: LogEntry;
  /** Decimal id → name, for the ids in the entry. */
  names: Readonly<Record<string, string>>;
}

/** What pages hear: an entry of the log; a change among the actions; or that something may have been missed, and all is to be read again. */
export type LiveEvent = ({ kind: "entry" } & LiveEntry) | { kind: "actions"; changed: readonly Action[] } | { kind: "resync" };

type Listener = (event: LiveEvent) => void;

const POLL_RUNNING = 2_500;
const POLL_IDLE = 30_000;
const RETRY_LEAST = 1_000;
const RETRY_MOST = 30_000;
/** The log beats every 15 s; a line that has been silent longer is dead, even if nobody has said so. */
const SILENCE = 45_000;

class Live {
  /** `live`: pushed. `polling`: asked for. `offline`: the last question had no answer. */
  connection = $state<"live" | "polling" | "offline">("polling");
  /** When what is shown was last known to be true, ms since 1970. */
  asOf = $state(Date.now());
  /** The newest actions of everything the person may see, newest first. */
  actions = $state.raw<readonly Action[]>([]);
  readonly running = $derived(this.actions.filter((action) => action.status === "IN_PROGRESS"));

  #listeners = new Set<Listener>();
  #socket: WebSocket | null = null;
  #attempts = 0;
  #wanted = false;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** @returns how to stop listening: `$effect(() => live.subscribe((event) => …))`. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
    void this.refresh();
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#poll);
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = null;
    this.#attempts = 0;
    this.actions = [];
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
  }

  /**
   * Reads the actions now: after something was asked for, or when a person wants to be sure. A reading that is under way may have seen too little:
   * another one follows it, for all who ask meanwhile.
   */
  refresh(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = null;
      return (this.#reading = this.#read());
    });
    return this.#next;
  }

  async #read(): Promise<void> {
    clearTimeout(this.#poll);
    try {
      const actions = await call("list-actions", { query: { size: 50 } });
      if (!this.#wanted) return;
      this.asOf = Date.now();
      if (this.connection === "offline") this.connection = "polling";
      const before = new Map(this.actions.map((action) => [action.id, action]));
      const changed = actions.filter(
        (action) => before.get(action.id)?.lastUpdatedAt !== action.lastUpdatedAt || before.get(action.id)?.status !== action.status,
      );
      this.actions = actions;
      if (before.size > 0 && changed.length > 0) this.#tell({ kind: "actions", changed });
    } catch (error) {
      if (asProblem(error).code === "unreachable" && this.connection !== "live") this.connection = "offline";
    }
    if (!this.#wanted) return;
    this.#poll = setTimeout(() => void this.refresh(), this.running.length > 0 && this.connection !== "live" ? POLL_RUNNING : POLL_IDLE);
  }

  #connect(): void {
    if (!this.#wanted || this.#socket) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/itcare${pathOf("follow-log")}`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const again = this.#attempts > 0;
      this.#attempts = 0;
      this.connection = "live";
      this.#heard();
      if (again) this.#resync();
    });
    socket.addEventListener("message", (event) => this.#receive(String(event.data)));
    socket.addEventListener("close", () => this.#closed(socket));
  }

  #receive(text: string): void {
    this.#heard();
    const message = JSON.parse(text) as LogMessage;
    if (message.type !== "entry") return;
    this.#tell({ kind: "entry", entry: message.entry, names: message.names });
    const { kind } = message.entry.event;
    if (kind === "act-accepted" || kind === "act-ended") void this.refresh();
  }

  #heard(): void {
    this.asOf = Date.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.close(), SILENCE);
  }

  #closed(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearTimeout(this.#silence);
    if (!this.#wanted) return;
    if (this.connection === "live") this.connection = "polling";
    void this.refresh();
    const wait = Math.min(RETRY_MOST, RETRY_LEAST * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  /** What was missed while nobody listened is unknown: everything is read again. */
  #resync(): void {
    this.#tell({ kind: "resync" });
    void this.refresh();
  }

  #wake = (): void => {
    if (document.hidden || !this.#wanted) return;
    clearTimeout(this.#retry);
    this.#connect();
    void this.refresh();
  };

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export const live = new Live();

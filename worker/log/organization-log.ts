import { DurableObject } from "cloudflare:workers";
import type { ActRefused, LogEntry, LogHead } from "../contract/log-entry.ts";
import type { Env } from "../env.ts";
import { databaseList, type OutboxDatabase } from "./databases.ts";
import type { LogFilter, Reader } from "./conditions.ts";
import { exportStream, type ExportFormat } from "./export.ts";
import { CHECK_EVERY, Followers, type Follower } from "./followers.ts";
import { Outbox } from "./outbox.ts";
import { readBeyond, readEntry, readPage, readUses, type EntryRead, type LogPage, type Use } from "./read.ts";
import { LogStore } from "./store.ts";

/** After a delivery the outboxes are read once more, for what was committed meanwhile and whose notification was lost; in ms. */
const LOOK_AGAIN_AFTER = 30_000;

/**
 * One organization's log; the object's name is the organization's id. It takes what the outboxes hold for the organization, gives it sequence numbers,
 * chains it by hash, and pushes it to the consoles that are open. Facts live in the databases until they are durable here.
 */
export class OrganizationLog extends DurableObject<Env> {
  readonly #store: LogStore;
  readonly #outboxes: readonly Outbox[];
  readonly #followers: Followers;
  /** When the outboxes are to be read without being asked, in ms since 1970; null: not at all. An object that has just woken looks at its first alarm. */
  #look: number | null = 0;
  #alarm: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const organizationId = organizationOf(ctx);
    this.#store = new LogStore(ctx.storage, organizationId);
    this.#followers = new Followers(ctx, env, organizationId);
    this.#outboxes = databaseList.map(
      (name) =>
        new Outbox(name, env[name], organizationId, async (database, rows) => {
          this.#publish(this.#store.append(database, rows));
          // Durable before the database may forget it.
          await ctx.storage.sync();
        }),
    );
  }

  /** Takes all that was committed before the call. The alarm is set first: what a crash interrupts here is taken up again. */
  async deliver(): Promise<void> {
    this.#look = Date.now() + LOOK_AGAIN_AFTER;
    await this.#wake();
    await Promise.all(this.#outboxes.map((outbox) => this.#drain(outbox)));
  }

  /** Counts a refused act; durable when it returns. */
  async refuse(event: Omit<ActRefused, "count">, names: Record<string, string>): Promise<void> {
    this.#store.countRefusal(event, names, Date.now());
    await this.#wake();
  }

  /** The name beside the chain; the chain does not hold it. */
  eraseName(id: number): void {
    this.#store.eraseName(id);
  }

  /** Everything: the organization ended long ago. */
  erase(): void {
    this.#store.erase();
  }

  readHead(): LogHead {
    return this.#head(Date.now());
  }

  /** @param before a sequence number; null: from the newest on */
  readPage(reader: Reader, filter: LogFilter, before: number | null, size: number): LogPage {
    return readPage(this.#store, reader, filter, before, size);
  }

  /** @returns null when there is no such entry for this reader */
  readEntry(reader: Reader, sequence: number): EntryRead | null {
    return readEntry(this.#store, reader, sequence);
  }

  /** What one database has told with later numbers than this, oldest first. @param after a sequence number */
  readBeyond(database: OutboxDatabase, number: number, after: number, size: number): { entries: string[]; names: Record<string, string> } {
    return readBeyond(this.#store, database, number, after, size);
  }

  /** What an access review asks for: when who last did what. */
  readUses(actorIds: readonly number[]): Use[] {
    return readUses(this.#store, actorIds);
  }

  readExport(organizationName: string, format: ExportFormat, filter: LogFilter): ReadableStream<Uint8Array> {
    return exportStream(this.#store, organizationName, format, filter, Date.now());
  }

  /** A console's socket. Only the Worker calls this, with a follower that the gate has authorized; nothing of the client's request comes here. */
  override async fetch(request: Request): Promise<Response> {
    const follower = JSON.parse(request.headers.get("itcare-follower") ?? "null") as Follower | null;
    if (!follower || request.headers.get("upgrade") !== "websocket") return new Response(null, { status: 400 });
    const now = Date.now();
    const webSocket = this.#followers.accept(follower, this.#head(now), now);
    if (!webSocket) return new Response(null, { status: 429 });
    await this.#wake();
    return new Response(null, { status: 101, webSocket });
  }

  override async alarm(): Promise<void> {
    this.#alarm = null;
    const now = Date.now();
    if (this.#look !== null && this.#look <= now) {
      this.#look = null;
      // Not awaited: a database that hangs must not keep the sockets from being checked.
      this.ctx.waitUntil(Promise.all(this.#outboxes.map((outbox) => this.#drain(outbox))));
    }
    this.#publish(this.#store.appendRefusals(now));
    await this.#followers.check(this.#head(now), now);
    if (this.#followers.any) this.#lookBy(now + LOOK_AGAIN_AFTER);
    await this.#wake();
  }

  /** Consoles only listen. */
  override webSocketMessage(): void {}

  async #drain(outbox: Outbox): Promise<void> {
    await outbox.drain();
    if (outbox.retryIn === null) return;
    this.#lookBy(Date.now() + outbox.retryIn);
    await this.#wake();
  }

  #publish(entries: readonly LogEntry[]): void {
    this.#followers.push(entries, (entry) => this.#store.namesIn([entry]));
    // Somebody signed out, or was made to: their sockets need not wait for the next check.
    const now = Date.now();
    if (entries.some(({ event }) => event.kind === "identity")) this.ctx.waitUntil(this.#followers.check(this.#head(now), now));
  }

  #head(now: number): LogHead {
    return { organizationId: this.#store.organizationId, ...this.#store.head, at: new Date(now).toISOString() };
  }

  #lookBy(at: number): void {
    this.#look = Math.min(this.#look ?? Infinity, at);
  }

  /** Sets the one alarm to the earliest of what is to come. */
  async #wake(): Promise<void> {
    const now = Date.now();
    const due = [this.#look, this.#store.refusalsDue(), this.#followers.any ? now + CHECK_EVERY : null].filter((at) => at !== null);
    if (due.length === 0) return;
    const next = Math.max(Math.min(...due), now);
    if (this.#alarm !== null && this.#alarm <= next) return;
    this.#alarm = next;
    await this.ctx.storage.setAlarm(next);
  }
}

/** Kept, because an object that an alarm brings back after a restart is not told its name. */
function organizationOf({ id, storage }: DurableObjectState): number {
  const kept = storage.kv.get<number>("organization");
  if (kept !== undefined) return kept;
  const named = Number(id.name);
  if (!Number.isSafeInteger(named)) throw new TypeError("A log's name is the id of its organization.");
  storage.kv.put("organization", named);
  return named;
}

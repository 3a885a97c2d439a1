/** The open sockets of an organization's consoles: each gets what its person may see, and none outlives its session by more than seconds. */
import type { LogEntry, LogHead } from "../contract/log-entry.ts";
import type { Env } from "../env.ts";
import { aliveSessions } from "../identity/session.ts";
import { audienceOf } from "./chain.ts";
import type { Reader } from "./conditions.ts";

/** How often the sessions of open sockets are asked for again, in ms. */
export const CHECK_EVERY = 3_000;
/** A socket whose session could not be asked for longer than this is closed: nothing is pushed on an old answer. */
const CHECK_HOLDS = 10_000;
const HEARTBEAT_EVERY = 15_000;
const SOCKETS_PER_SESSION = 16;

/** WebSocket close codes: 4401 as HTTP's 401, the console signs in again; 1013 (RFC 6455 registry) "try again later", the console polls meanwhile. */
export const SESSION_ENDED = 4401;
const TRY_AGAIN_LATER = 1013;

export interface Follower extends Reader {
  /** The session's public id. */
  session: string;
  personId: number;
}

interface Attachment extends Follower {
  /** When the session was last found alive, in ms since 1970. */
  checked: number;
}

/** What a console receives. `heartbeat` comes first and then regularly: its head tells what a console has missed. */
export type LogMessage = { type: "entry"; entry: LogEntry; names: Record<string, string> } | { type: "heartbeat"; head: LogHead };

export class Followers {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #organizationId: number;
  #beaten = 0;

  constructor(ctx: DurableObjectState, env: Env, organizationId: number) {
    this.#ctx = ctx;
    this.#env = env;
    this.#organizationId = organizationId;
    // Answered without waking a hibernating object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  get any(): boolean {
    return this.#ctx.getWebSockets().length > 0;
  }

  /** The socket for the console, or null when its session has too many open. @param now ms since 1970 */
  accept(follower: Follower, head: LogHead, now: number): WebSocket | null {
    if (this.#ctx.getWebSockets(follower.session).length >= SOCKETS_PER_SESSION) return null;
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [follower.session]);
    server.serializeAttachment({ ...follower, checked: now } satisfies Attachment);
    send(server, { type: "heartbeat", head });
    return client;
  }

  push(entries: readonly LogEntry[], namesOf: (entry: LogEntry) => Record<string, string>): void {
    const sockets = this.#ctx.getWebSockets();
    if (sockets.length === 0) return;
    for (const entry of entries) {
      const audience = audienceOf(entry.event);
      const listeners = sockets.filter((socket) => {
        const { all, audiences } = attachmentOf(socket);
        return all || audiences.includes(audience);
      });
      if (listeners.length === 0) continue;
      const message: LogMessage = { type: "entry", entry, names: namesOf(entry) };
      for (const socket of listeners) send(socket, message);
    }
  }

  /** Closes what has ended, narrows or widens what remains to what its person may see now, and beats. @param now ms since 1970 */
  async check(head: LogHead, now: number): Promise<void> {
    const sockets = this.#ctx.getWebSockets();
    if (sockets.length === 0) return;
    const sessions = [...new Set(sockets.map((socket) => attachmentOf(socket).session))];
    const alive = await aliveSessions(this.#env, sessions, now).catch(() => null);
    for (const socket of sockets) {
      const follower = attachmentOf(socket);
      const found = alive?.get(follower.session);
      if (found && found.personId === follower.personId && found.organizationId === this.#organizationId) {
        const { personId, session } = follower;
        const attachment: Attachment = {
          session,
          personId,
          all: found.duties.includes("security-representative"),
          audiences: [...found.cloudIds, personId],
          checked: now,
        };
        socket.serializeAttachment(attachment);
      } else if (alive) {
        socket.close(SESSION_ENDED, "The session has ended");
      } else if (now - follower.checked > CHECK_HOLDS) {
        socket.close(TRY_AGAIN_LATER, "The session could not be checked");
      }
    }
    if (now - this.#beaten < HEARTBEAT_EVERY) return;
    this.#beaten = now;
    for (const socket of this.#ctx.getWebSockets()) send(socket, { type: "heartbeat", head });
  }
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

/** A socket that is closing takes nothing more; what it misses is in the log. */
function send(socket: WebSocket, message: LogMessage): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

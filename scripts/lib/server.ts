/** `wrangler dev` as a child process: started, awaited, ended with everything that it started. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { ownEnvironment, root } from "./own-node.mjs";

const ANSWERS_WITHIN = 120_000;
const MINUTE = 60_000;

export interface Server {
  origin: string;
  /** When the server has ended, by itself or by `stop`; its exit code. */
  ended: Promise<number>;
  stop(): void;
}

export interface ServerOptions {
  port: number;
  /** Where its databases live. */
  state: string;
  /** The file with its secrets, as NAME='value' lines. */
  secrets: string;
  /** Further variables of the Worker. */
  vars?: Readonly<Record<string, string>>;
}

/** Can a server listen on the port, on both families of localhost? */
export async function isFree(port: number): Promise<boolean> {
  const answers = await Promise.all(["127.0.0.1", "::1"].map((host) => canListen(port, host)));
  return answers.every(Boolean);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6 cannot have the port in use there.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** @throws Error with what the server said, when it ends or stays silent before it answers */
export async function startServer({ port, state, secrets, vars = {} }: ServerOptions): Promise<Server> {
  const origin = `http://localhost:${port}`;
  const settings = Object.entries({ ORIGIN: origin, MAIL: "mailbox", ...vars }).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/wrangler/wrangler-dist/cli.js"),
      "dev",
      "--local",
      "--port",
      String(port),
      "--inspector-port",
      "0",
      "--persist-to",
      state,
      "--env-file",
      secrets,
      ...settings,
      "--log-level",
      "error",
      "--show-interactive-dev-session=false",
    ],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: ownEnvironment({ CI: "1" }) },
  );
  let said = "";
  const listen = (chunk: Buffer): void => {
    if (ready) process.stderr.write(chunk);
    else said += chunk;
  };
  let ready = false;
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 0)));
  if (!(await answers(origin, child))) {
    child.kill("SIGKILL");
    throw new Error(`The server did not come up. It said:\n${said || "nothing"}`);
  }
  ready = true;
  const clock = setInterval(() => void tick(origin), MINUTE);
  void ended.then(() => clearInterval(clock));
  return { origin, ended, stop: () => stop(child) };
}

/** wrangler.toml's cron does not fire locally: this is the clock. */
async function tick(origin: string): Promise<void> {
  await fetch(`${origin}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`).catch(() => undefined);
}

async function answers(origin: string, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + ANSWERS_WITHIN;
  while (Date.now() < until && child.exitCode === null) {
    const response = await fetch(`${origin}/itcare/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (response) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.killed) return;
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), 5000).unref();
}

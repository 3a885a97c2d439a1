/** `wrangler` as a child process: what it said, whether it succeeded. Secrets go in by its standard input, never by an argument. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ownEnvironment, root } from "./own-node.mjs";

export interface Said {
  ok: boolean;
  output: string;
  /** Both outputs, for people. */
  all: string;
}

export type Wrangler = (args: readonly string[], input?: string) => Promise<Said>;

/** It asks nobody anything: whatever it would ask is an argument, or a mistake that it tells. */
export const wrangler: Wrangler = (args, input = "") =>
  new Promise((resolve) => {
    const program = join(root, "node_modules/wrangler/wrangler-dist/cli.js");
    const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ["pipe", "pipe", "pipe"], env: ownEnvironment({ CI: "1" }) });
    let output = "";
    let all = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += String(chunk);
      all += String(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => (all += String(chunk)));
    child.once("close", (code) => resolve({ ok: code === 0, output, all: all.trim() }));
    child.stdin.end(input);
  });

/** The JSON that a command has printed, whatever it has said before. */
export function jsonOf<Answer>({ output }: Said): Answer {
  const lines = output.split("\n");
  const first = lines.findIndex((line) => /^[[{]/.test(line));
  return JSON.parse(lines.slice(first).join("\n")) as Answer;
}

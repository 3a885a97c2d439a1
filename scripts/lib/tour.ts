/** What `npm start` prints: where to go, as whom, and how a program does it. */
import type { Demo, DemoPerson } from "../../db/seed/demo.ts";

const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[22m` : text);
const dim = (text: string): string => (process.stdout.isTTY ? `\u001b[2m${text}\u001b[22m` : text);

/** @param folder where the demo's credentials lie, relative to the repository */
export function tour(origin: string, demo: Demo, links: Readonly<Record<string, string>>, folder: string): string {
  const reader = demo.apiAccounts.find(({ secret }) => secret)!;
  const runner = demo.apiAccounts.find(({ privateKey }) => privateKey)!;
  const tokens = `${origin}/auth/realms/cloud/protocol/openid-connect/token`;
  const elsewhere = [...(origin === "http://localhost:8787" ? [] : ["--origin", origin]), ...(folder === ".wrangler/demo" ? [] : ["--keys", folder])];
  const organizations = [...new Set(demo.people.map(({ organization }) => organization))];
  const lines = organizations.flatMap((organization) => [
    "",
    bold(organization),
    ...demo.people.filter((person) => person.organization === organization).flatMap((person) => personLines(person, origin, links)),
  ]);
  return `
${bold(`ITCare is at ${origin}`)}

Everybody's password is ${bold(demo.password)}
People with a link choose their own, and enrol a security key in the same ceremony.
Mails that would have been sent are at ${origin}/mailbox
${lines.join("\n")}

${bold("A program that reads")} (${reader.clientId}, with a secret)
  TOKEN=$(curl -s -u '${reader.clientId}:${reader.secret}' -d grant_type=client_credentials ${tokens} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" '${origin}/itcare/compute/instances?size=5'

${bold("A program that acts")} (${runner.clientId}, with its key: ${folder}/${runner.clientId}.jwk.json)
  npm run --silent runner -- ${["start", demo.stopped, ...elsewhere].join(" ")}

All credentials of the demo lie in ${folder}. ${dim("Ctrl-C ends; the data stays. npm start -- --fresh begins anew.")}
`;
}

function personLines(person: DemoPerson, origin: string, links: Readonly<Record<string, string>>): string[] {
  const profiles = Object.entries(person.profiles).map(([cloud, profile]) => `${profile} on ${cloud}`);
  const all = [...profiles, ...(person.duty ? [person.duty.replace("-", " ")] : [])].join(", ");
  const line = `  ${person.email.padEnd(34)} ${all}`;
  const link = links[person.email];
  if (link) return [line, `  ${" ".repeat(34)} ${origin}${link}`];
  return [person.hasPassword ? line : `${line} ${dim("(activated: their own password and key)")}`];
}

/** What becomes of each resource, as somebody has decided: as it really is, or as it was restored. */
import { readEmptyServices } from "../../db/region/read/restoration.ts";
import { readNetworks } from "../../db/region/read/networks.ts";
import { readService } from "../../db/directory/read/services.ts";
import { adoptName } from "../../db/directory/write/names.ts";
import { readOwnNames } from "../../db/region/read/restoration.ts";
import { asAdded, asAlias, asGone, asObserved, asSnapshot, withOnly } from "../../db/region/write/restoration.ts";
import type { Write } from "../../db/commit.ts";
import { products, sizingOf, type ProductCode, type SizingCode } from "../contract/catalogue.ts";
import { families } from "../contract/resource-types.ts";
import type { CreateInstance } from "../contract/shapes/instances.ts";
import { zones, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { newAttributes } from "../handlers/instances/attributes.ts";
import { regionDatabase } from "../routing/regions.ts";
import { attributesOf } from "../zones/ends.ts";
import { idsOf, type Item, type Known, type Survey } from "./survey.ts";

/** The facts as they are restored stay; what was on its way then has come to nothing. */
export function keepRestored({ id, restored }: Item, organizationId: number): Write[] {
  if (!restored) return [];
  return restored.openLabel?.startsWith("create-") && !restored.openLabel.includes("snapshot") && !restored.openLabel.includes("dns")
    ? asGone({ id, cloudId: restored.cloudId, organizationId })
    : [];
}

/** What is really there becomes the facts. */
export async function takeActual(env: Env, region: Region, item: Item, survey: Survey, now: number): Promise<Write[]> {
  const { id, restored, actual, there, known } = item;
  const { organizationId } = survey.restoration;
  if (!actual || !there) return restored ? asGone({ id, cloudId: restored.cloudId, organizationId }) : [];
  const added = restored ? [] : await addition(env, region, item, survey);
  if (!restored && added.length === 0) return [];
  const has = { aliases: item.facts?.aliases ?? [], snapshots: item.facts?.snapshots ?? [] };
  return [
    ...added,
    ...asObserved(id, there.status, attributesOf(actual), now),
    ...withOnly(id, there.aliases, actual.kind === "instance" ? there.snapshots : null),
    ...there.aliases.filter((name) => !has.aliases.includes(name)).flatMap((name) => aliasOf(item, name, survey)),
    ...(actual.kind === "instance" ? actual.snapshots : [])
      .filter((snapshot) => !has.snapshots.includes(snapshot.id))
      .flatMap((snapshot) => {
        const made = known.find(({ label, operationId }) => label === "create-snapshot" && operationId === snapshot.id);
        return made ? [asSnapshot({ id: snapshot.id, resourceId: id, size: snapshot.size, author: nameOf(made, survey), ...saidOf(made) })] : [];
      }),
  ];
}

const nameOf = ({ by }: Known, { names }: Survey) => names[by] ?? String(by);

function saidOf({ at, parameters }: Known): { label: string; description: string | null; lifetime: number; created: number } {
  const { label = "", description = null, lifetime = 7 } = (parameters ?? {}) as { label?: string; description?: string | null; lifetime?: number };
  return { label, description, lifetime, created: Date.parse(at) };
}

function aliasOf({ id, known, actual }: Item, name: string, survey: Survey): Write[] {
  const made = known.findLast(
    ({ label, parameters }) => label.startsWith("create-dns") && (parameters as { alias?: string }).alias?.toLowerCase() === name,
  );
  if (!made) return [];
  const { domain } = made.parameters as { domain: string };
  const address = actual?.ipAddress ?? "";
  return [asAlias({ id: made.operationId!, resourceId: id, name, domain, address, author: nameOf(made, survey), created: Date.parse(made.at) })];
}

/** An instance that was created since: the zone has it, and its log says what was asked for. Empty: it was no creation of an instance. */
async function addition(env: Env, region: Region, { id, known, zone, actual }: Item, survey: Survey): Promise<Write[]> {
  const made = known.find(({ label }) => label === "create-instance");
  if (!made || !zone || actual?.kind !== "instance" || made.serviceId === null || made.cloudId === null) return [];
  const body = made.parameters as unknown as CreateInstance;
  const product = body.productCode as ProductCode;
  const networks = await readNetworks(regionDatabase(env, region), survey.restoration.organizationId, zones[zone].code);
  const network = networks.find((one) => (body.networkId ? one.id === body.networkId : holds(one.cidr, actual.ipAddress))) ?? networks[0];
  if (!network) return [];
  const environment = body.environment ?? made.environment ?? "TEST";
  const sizing = (sizingOf(actual) ?? body.resourceId) as SizingCode;
  return asAdded({
    id,
    organizationId: survey.restoration.organizationId,
    cloudId: made.cloudId,
    serviceId: made.serviceId,
    type: families[products[product].family].code,
    environment,
    zone: zones[zone].code,
    name: body.name,
    createdBy: nameOf(made, survey),
    created: Date.parse(made.at),
    tags: body.tags,
    attributes: JSON.stringify(newAttributes({ product, sizing, network, environment } as never, body)),
  });
}

function holds(cidr: string, address: string): boolean {
  const [base = "", bits = "0"] = cidr.split("/");
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

/** Copies of Services that the directory does not have any more. */
export async function goneServices(env: Env, region: Region, organizationId: number): Promise<number[]> {
  const gone: number[] = [];
  for (const id of await readEmptyServices(regionDatabase(env, region), organizationId)) if (!(await readService(env.DIRECTORY, id))) gone.push(id);
  return gone;
}

/** The directory holds again the names that these facts have; of one that it holds for somebody else, nothing is done. */
export async function holdNames(env: Env, region: Region, organizationId: number): Promise<void> {
  const [first, last] = idsOf(region, organizationId);
  for (const one of await readOwnNames(regionDatabase(env, region), first, last))
    await adoptName(env.DIRECTORY, { ...one, token: "restored", until: null });
}

/** What the seeded resources are made of, by family: believable sizes, versions and addresses. */
import { products, sizings, type ProductCode, type SizingCode } from "../../worker/contract/catalogue.ts";
import { families, type Family } from "../../worker/contract/resource-types.ts";
import type { Chance } from "./random.ts";
import type { SeededNetwork } from "./resources.ts";

const common: readonly SizingCode[] = ["1cpu2gb", "2cpu4gb", "2cpu4gb", "2cpu8gb", "4cpu8gb", "4cpu16gb", "4cpu16gb", "8cpu16gb", "8cpu32gb", "16cpu64gb"];

/** Older systems than the catalogue creates today still run. */
const legacy: Partial<Record<Family, { code: string; name: string }>> = {
  CENTOS: { code: "centos7", name: "CentOS 7" },
  AIX: { code: "aix72", name: "AIX 7.2" },
};

const versions: Partial<Record<Family, readonly string[]>> = {
  TOMCAT: ["9.0", "10.1"],
  WILDFLY: ["26", "32"],
  KUBERNETES: ["1.33", "1.34"],
  MARIADB: ["10.6", "11.4"],
  OPENSEARCH: ["2.19", "3.2"],
  POSTGRESQL: ["14", "16", "17"],
  REDIS: ["7.2"],
  SQL_SERVER: ["2019", "2022"],
  KAFKA: ["3.9.0", "4.0.0"],
  RABBITMQ: ["3.13", "4.1"],
  GLUSTERFS: ["11"],
  MATOMO: ["5.3"],
};

export function attributesOf(family: Family, network: SeededNetwork, chance: Chance): object {
  if (families[family].category === "INSTANCE") return instanceAttributes(family, network, chance);
  const ipAddress = addressIn(network);
  const version = versions[family] && chance.one(versions[family]);
  if (family === "LOAD_BALANCER") return { ipAddress, profile: chance.one(["HTTP", "HTTPS", "TCP"]), members: 2 + chance.below(3) };
  if (family === "OBJECT_STORE") return { sizeGb: 50 + chance.below(4000), objects: 1000 + chance.below(900_000) };
  if (family === "OVERDRIVE") return { sizeGb: 100 + chance.below(900) };
  return { ...(version && { version }), ipAddress, sizing: chance.one(common), nodes: chance.one([1, 1, 3, 3, 5]), diskGb: chance.one([40, 100, 200, 500]) };
}

function instanceAttributes(family: Family, network: SeededNetwork, chance: Chance): object {
  const offered = (Object.keys(products) as ProductCode[]).filter((code) => products[code].family === family);
  const old = legacy[family];
  const productCode = old ? old.code : chance.one(offered);
  const sizing = sizings[chance.one(common)];
  const disks = [family === "WINDOWS" ? 80 : 40, ...(chance.in100(50) ? [chance.one([50, 100, 200, 500])] : [])];
  return { productCode, productName: old ? old.name : products[productCode as ProductCode].name, ...sizing, disks, ipAddress: addressIn(network), networkId: network.id, monitoring: chance.in100(80) };
}

/** The next free address of the network; wraps into the next third octet when a /24 is full is never needed at this size. */
function addressIn(network: SeededNetwork): string {
  if (network.nextHost > 254) throw new RangeError(`The network ${network.name} is full; give the seed more networks.`);
  return network.cidr.replace(/0\/24$/, String(network.nextHost++));
}

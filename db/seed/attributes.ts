/** What the seeded resources are made of, by family: believable sizes, versions and addresses, in the form that the API gives them. */
import { products, retired, sizings, type ProductCode, type SizingCode } from "../../worker/contract/catalogue.ts";
import { families, type Family } from "../../worker/contract/resource-types.ts";
import type { Protocol } from "../../worker/contract/load-balancers.ts";
import type { BalancerAttributes } from "../../worker/contract/shapes/balancer-attributes.ts";
import { labelOfArea, zones } from "../../worker/contract/topology.ts";
import { unprotected, type FileSystem, type InstanceAttributes } from "../../worker/contract/shapes/instance-attributes.ts";
import type { Chance } from "./random.ts";
import type { SeededNetwork } from "./resources.ts";

/** Small ones are more frequent. */
const usual: readonly SizingCode[] = [
  "1cpu2gb",
  "2cpu4gb",
  "2cpu4gb",
  "2cpu8gb",
  "4cpu8gb",
  "4cpu16gb",
  "4cpu16gb",
  "8cpu16gb",
  "8cpu32gb",
  "16cpu64gb",
];

type Place = Pick<InstanceAttributes, "network" | "ipAddress">;

interface Product {
  code: string;
  name: string;
}

/** Systems that still run, though they are created no more. */
const legacy: Partial<Record<Family, Product>> = Object.fromEntries(
  Object.entries(retired).map(([code, { family, name }]) => [family, { code, name }]),
);

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
  if (families[family].category === "INSTANCE") return instanceOf(family, network, chance);
  if (family === "OBJECT_STORE") return { storage: 50 + chance.below(4000), objects: 1000 + chance.below(900_000) };
  if (family === "OVERDRIVE") return { storage: 100 + chance.below(900) };
  const place = placeIn(network);
  if (family === "LOAD_BALANCER") return balancerIn(network, place, chance);
  const version = chance.one(versions[family]!);
  const productName = `${families[family].label} ${version}`;
  return {
    ...place,
    productName,
    version,
    nodeSizing: chance.one(usual),
    instanceCount: chance.one([1, 1, 3, 3, 5]),
    storage: chance.one([40, 100, 200, 500]),
  };
}

function instanceOf(family: Family, network: SeededNetwork, chance: Chance): InstanceAttributes {
  const product = legacy[family] ?? offered(family, chance);
  const sizing = chance.one(usual);
  const disks = [family === "WINDOWS" ? 80 : 40, ...(chance.in100(50) ? [chance.one([50, 100, 200, 500])] : [])];
  const storage = disks.reduce((sum, size) => sum + size, 0);
  return {
    ...sizings[sizing],
    storage,
    totalSizeDisks: String(storage),
    disks,
    productCode: product.code,
    productName: product.name,
    resourceId: sizing,
    ...placeIn(network),
    sshKeys: [],
    comment: null,
    fileSystems: disks.map((size, slot) => fileSystem(family, size, slot, chance)),
    ...unprotected,
  };
}

const listeners: readonly { protocol: Protocol; port: number; portMembers: number }[] = [
  { protocol: "HTTP", port: 80, portMembers: 8080 },
  { protocol: "HTTPS", port: 443, portMembers: 8443 },
  { protocol: "TCP", port: 5432, portMembers: 5432 },
];

/** Without URLs: those carry the balancer's name. */
function balancerIn(network: SeededNetwork, place: Place, chance: Chance): BalancerAttributes {
  const listener = chance.one(listeners);
  const web = listener.protocol !== "TCP";
  const { area } = zones[network.zone];
  return {
    area,
    labelArea: labelOfArea(area),
    ...listener,
    profileName: listener.protocol,
    redirectToHttps: listener.protocol === "HTTPS",
    loadBalancingMode: chance.in100(60) ? "round-robin" : "least-connections-node",
    persistence: web ? { default: "cookie", fallback: "source_addr" } : { default: "source_addr", fallback: null },
    healthcheck: {
      type: web ? (listener.protocol as "HTTP" | "HTTPS") : "TCP",
      path: web ? "/health" : null,
      expectedStatus: web ? 200 : null,
      interval: 5,
      timeout: 3,
      rise: 2,
      fall: 3,
    },
    iRules: [],
    domain: "",
    urls: [],
    monitoringEnabled: false,
    alertingEnabled: false,
    onCallSupervision: false,
    noMonitoringReason: null,
    ...place,
    comment: null,
  };
}

function offered(family: Family, chance: Chance): Product {
  const code = chance.one((Object.keys(products) as ProductCode[]).filter((candidate) => products[candidate].family === family));
  return { code, name: products[code].name };
}

function fileSystem(family: Family, size: number, slot: number, chance: Chance): FileSystem {
  const free = Math.round((size * (10 + chance.below(70))) / 100);
  if (family === "WINDOWS") return { mountingPoint: slot === 0 ? "C:" : "D:", type: "ntfs", size, free };
  const type = family === "AIX" ? "jfs2" : family === "DEBIAN" || family === "UBUNTU" ? "ext4" : "xfs";
  return { mountingPoint: slot === 0 ? "/" : "/data", type, size, free };
}

/** The next free address of the network. @throws RangeError when its 245 hosts are taken */
function placeIn(network: SeededNetwork): Place {
  const { id, name, cidr, scope } = network;
  if (network.nextHost > 254) throw new RangeError(`The network ${name} is full; give the seed more networks.`);
  const ipAddress = cidr.replace(/0\/24$/, String(network.nextHost++));
  return { ipAddress, network: { technicalID: id, name, cidr, scope, ipAddress, dns: [] } };
}

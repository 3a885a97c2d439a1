/**
 * What a resource can be: category > type > family, and the endpoint that gives its details.
 * `code` is how a region's database writes the family; codes are never reused.
 */
export interface ResourceFamily {
  code: number;
  category: string;
  type: string;
  label: string;
  path: string;
}

export const families = {
  DEBIAN: { code: 1, category: "INSTANCE", type: "LINUX", label: "Debian", path: "/compute/instances" },
  UBUNTU: { code: 2, category: "INSTANCE", type: "LINUX", label: "Ubuntu", path: "/compute/instances" },
  RHEL: { code: 3, category: "INSTANCE", type: "LINUX", label: "Red Hat Enterprise Linux", path: "/compute/instances" },
  CENTOS: { code: 4, category: "INSTANCE", type: "LINUX", label: "CentOS", path: "/compute/instances" },
  ORACLE: { code: 5, category: "INSTANCE", type: "LINUX", label: "Oracle Linux", path: "/compute/instances" },
  WINDOWS: { code: 6, category: "INSTANCE", type: "WINDOWS", label: "Windows Server", path: "/compute/instances" },
  AIX: { code: 7, category: "INSTANCE", type: "AIX", label: "AIX", path: "/compute/instances" },
  TOMCAT: { code: 10, category: "APPLICATION_SERVER", type: "APPLICATION_SERVER", label: "Tomcat", path: "/compute/application-servers" },
  WILDFLY: { code: 11, category: "APPLICATION_SERVER", type: "APPLICATION_SERVER", label: "WildFly", path: "/compute/application-servers" },
  KUBERNETES: { code: 20, category: "CONTAINER", type: "KUBERNETES", label: "Kubernetes cluster", path: "/compute/containers/kubernetes" },
  LOAD_BALANCER: { code: 30, category: "LOAD_BALANCER", type: "LOAD_BALANCER", label: "Load balancer", path: "/networking/loadbalancers" },
  MARIADB: { code: 40, category: "MANAGED_DATABASE", type: "DATABASE", label: "MariaDB", path: "/databases/mariadb" },
  OPENSEARCH: { code: 41, category: "MANAGED_DATABASE", type: "DATABASE", label: "OpenSearch", path: "/databases/opensearch" },
  POSTGRESQL: { code: 42, category: "MANAGED_DATABASE", type: "DATABASE", label: "PostgreSQL", path: "/databases/postgresql" },
  REDIS: { code: 43, category: "MANAGED_DATABASE", type: "DATABASE", label: "Redis", path: "/databases/redis" },
  SQL_SERVER: { code: 44, category: "MANAGED_DATABASE", type: "DATABASE", label: "SQL Server", path: "/databases/sqlserver" },
  KAFKA: { code: 50, category: "MESSAGE_BROKER", type: "MESSAGE_BROKER", label: "Apache Kafka", path: "/message-brokers/apache-kafka" },
  RABBITMQ: { code: 51, category: "MESSAGE_BROKER", type: "MESSAGE_BROKER", label: "RabbitMQ", path: "/message-brokers/rabbitmq" },
  GLUSTERFS: { code: 60, category: "STORAGE", type: "STORAGE", label: "GlusterFS", path: "/storage/glusterfs" },
  OBJECT_STORE: { code: 61, category: "STORAGE", type: "OBJECT_STORAGE", label: "Object store", path: "/storage/object-stores" },
  OVERDRIVE: { code: 62, category: "STORAGE", type: "STORAGE", label: "Overdrive", path: "/storage/overdrive" },
  MATOMO: { code: 70, category: "ANALYTICS", type: "ANALYTICS", label: "Matomo", path: "/analytics/matomo" },
} as const satisfies Record<string, ResourceFamily>;
export type Family = keyof typeof families;

export const familyList = Object.keys(families) as Family[];
const familyByCode = new Map<number, Family>(familyList.map((family) => [families[family].code, family]));

/** @throws RangeError for a code that no family has: the database holds something that this version does not know. */
export function familyOfCode(code: number): Family {
  const family = familyByCode.get(code);
  if (!family) throw new RangeError(`No resource family has the code ${code}.`);
  return family;
}

export function categoryOfCode(code: number): string {
  return families[familyOfCode(code)].category;
}

export const categoryList = [...new Set(familyList.map((family) => families[family].category))];
export const typeList = [...new Set(familyList.map((family) => families[family].type))];

export const instanceFamilies = familyList.filter((family) => families[family].category === "INSTANCE");

export const statuses = { ACTIVE: 1, PREPARATION: 2, INACTIVE: 3 } as const;
export type Status = keyof typeof statuses;
export const statusList = Object.keys(statuses) as Status[];

export const environments = { PRODUCTION: 1, PREPRODUCTION: 2, QA: 3, TEST: 4, DEVELOPMENT: 5 } as const;
export type Environment = keyof typeof environments;
export const environmentList = Object.keys(environments) as Environment[];

export function statusOfCode(code: number): Status {
  return nameOfCode("status", statuses, code);
}

export function environmentOfCode(code: number): Environment {
  return nameOfCode("environment", environments, code);
}

function nameOfCode<Name extends string>(what: string, codes: Record<Name, number>, code: number): Name {
  for (const name in codes) if (codes[name] === code) return name;
  throw new RangeError(`No ${what} has the code ${code}.`);
}

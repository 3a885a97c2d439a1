/** What the load asks for: any act of any family, at random, on what its driver has. */
import { randomUUID } from "node:crypto";
import type { Driver } from "./people.ts";

export interface Wanted {
  method: string;
  path: string;
  body: object | undefined;
  key: string;
}

/** Reads what an act must name. Null: it is not there. @throws when the connection is lost */
export type Look = <Value>(path: string) => Promise<Value | null>;

type Choose = (driver: Driver, look: Look) => Promise<Omit<Wanted, "key"> | null>;

const sizings = ["1cpu2gb", "2cpu4gb", "4cpu8gb", "8cpu16gb"];
const DOMAIN = "cloud.itcare.example";
const balancers = "/itcare/networking/loadbalancers";
const instanceOf = ({ instances }: Driver) => `/itcare/compute/instances/${any(instances)}`;
const operation = (path: string, name: string, options?: object) => ({
  method: "PATCH",
  path,
  body: { operation: name, ...(options && { options }) },
});
const fresh = () => randomUUID().slice(0, 8);

const create: Choose = async ({ name, serviceId, zones }) => ({
  method: "POST",
  path: "/itcare/compute/instances",
  body: {
    name: `${name}-${fresh()}`,
    serviceId,
    productCode: "debian13",
    resourceId: "2cpu4gb",
    az: any(zones),
    replicationEnabled: true,
    disks: [40, 20],
    tags: [{ key: "made-by", value: name }],
  },
});

const change: Choose = async (driver) => {
  const name = any(["start", "stop", "stop", "reset", "resize"]);
  return operation(instanceOf(driver), name, name === "resize" ? { resourceId: any(sizings) } : undefined);
};

const remove: Choose = async (driver) => ({ method: "DELETE", path: instanceOf(driver), body: undefined });

const snapshot: Choose = async (driver, look) => {
  const path = `${instanceOf(driver)}/snapshots`;
  const kept = (await look<{ id: string }[]>(path)) ?? [];
  if (kept.length === 0 || Math.random() < 0.5) return { method: "POST", path, body: { label: `made ${fresh()}` } };
  const one = `${path}/${any(kept).id}`;
  return Math.random() < 0.5 ? operation(one, "recover") : { method: "DELETE", path: one, body: undefined };
};

const alias: Choose = async (driver, look) => {
  const path = `${instanceOf(driver)}/dns`;
  const names = (await look<{ alias: string }[]>(path)) ?? [];
  if (names.length === 0 || Math.random() < 0.5) return { method: "POST", path, body: { alias: `crash-${fresh()}.${DOMAIN}`, domain: DOMAIN } };
  return { method: "DELETE", path: `${path}/${any(names).alias}`, body: undefined };
};

const monitoring: Choose = async (driver) =>
  Math.random() < 0.5
    ? operation(instanceOf(driver), "enable_monitoring", { alertingEnabled: true })
    : operation(instanceOf(driver), "disable_monitoring", { noMonitoringReason: "it is only a load" });

const tags: Choose = async ({ instances, name }) =>
  operation(`/itcare/compute/resources/${any(instances)}`, "update_tags", { add: [{ key: "touched-by", value: `${name}-${fresh()}` }] });

const service: Choose = async ({ services, cloudId, name }) =>
  services.length > 0 && Math.random() < 0.4
    ? { method: "DELETE", path: `/itcare/compute/services/${any(services)}`, body: undefined }
    : { method: "POST", path: "/itcare/compute/services", body: { cloudId, name: `${name} ${fresh()}`, environment: "TEST" } };

const balancer: Choose = async (driver, look) => {
  if (driver.balancers.length === 0) return null;
  const path = `${balancers}/${any(driver.balancers)}`;
  if (Math.random() < 0.2) return operation(path, any(["start", "stop", "enable_monitoring"]));
  const members = (await look<{ id: number; port: number; state: string }[]>(`${path}/members`)) ?? [];
  const gone = driver.members.filter(({ balancer: of, instance }) => path.endsWith(`/${of}`) && !members.some(({ id }) => id === instance));
  if (gone.length > 0) return operation(path, "add_member", { id: any(gone).instance });
  if (members.length === 0) return null;
  const { id, port, state } = any(members);
  if (Math.random() < 0.2) return operation(path, "delete_member", { id, port, acceptOutage: true });
  const other = any(["enabled", "enabled", "disabled", "offline"].filter((wanted) => wanted !== state));
  return operation(path, "update_member_state", { id, port, state: other, acceptOutage: true });
};

/** What serves behind a load balancer is drained first and enabled last. */
const plan: Choose = async ({ instances, members }, look) => {
  const id = members.length > 0 && Math.random() < 0.5 ? any(members).instance : any(instances);
  const found = await look<{ status: string; resourceId: string; loadbalancers: { id: number; port: number; state: string }[] }>(
    `/itcare/compute/instances/${id}`,
  );
  if (!found) return null;
  const become = (state: string) =>
    found.loadbalancers
      .filter((one) => one.state === "enabled")
      .map((one) => ({ label: "update-member-state", options: { loadbalancer: one.id, port: one.port, state, acceptOutage: true } }));
  const resize = { label: "resize-compute-instance", options: { resourceId: any(sizings.filter((one) => one !== found.resourceId)) } };
  const kept = { label: "create-snapshot", options: { label: `before ${fresh()}`, lifetime: 1 } };
  const acts =
    found.status === "ACTIVE"
      ? any([
          [{ label: "stop-instance" }, kept, resize, { label: "start-instance" }],
          [kept, { label: "reset-instance" }],
        ])
      : [resize, kept];
  return { method: "POST", path: `/itcare/compute/resources/${id}/plans`, body: { items: [...become("disabled"), ...acts, ...become("enabled")] } };
};

const mix: readonly [number, Choose][] = [
  [12, create],
  [28, change],
  [8, remove],
  [10, snapshot],
  [8, alias],
  [6, monitoring],
  [5, tags],
  [4, service],
  [12, balancer],
  [12, plan],
];
const whole = mix.reduce((sum, [part]) => sum + part, 0);

/** Null: what was chosen has nothing to be done to. */
export async function chooseAct(driver: Driver, look: Look): Promise<Wanted | null> {
  let at = Math.random() * whole;
  const chosen = mix.find(([part]) => (at -= part) < 0)?.[1] ?? change;
  const wanted = await (driver.instances.length === 0 ? create : chosen)(driver, look);
  return wanted && { ...wanted, key: randomUUID() };
}

function any<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}

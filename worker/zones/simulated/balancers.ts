/**
 * The load balancers of a simulated region, in its own SQLite. Each method is synchronous: all of it happens, or nothing. As Octavia, it keeps a balancer
 * with its listener, pool, members and health monitor as one thing that is immutable while something is done to it.
 */
import type { ObservedBalancer } from "../../contract/observed.ts";
import type { BalancerSpec, Effect, MemberSpec } from "../engine.ts";
import { lastFreeAddress } from "./addresses.ts";
import { connectionsLeft, drainTakes, judge, usualConnections, type Monitor } from "./health-monitor.ts";
import {
  hostIn,
  isSettled,
  memberIn,
  schema,
  stateOf,
  statusOf,
  type BalancerRow,
  type MemberRow,
  type ReceivedBalancer,
  type Target,
} from "./balancer-rows.ts";
import type { Keeper } from "./keeper.ts";
import type { Performed } from "./performed.ts";

export class Balancers implements Keeper {
  /** As Octavia's: immutable while something is done to it. */
  readonly takesTurns = true;
  readonly #sql: SqlStorage;
  readonly #performed: Performed;
  readonly #pace: number;

  constructor(sql: SqlStorage, performed: Performed, pace: number) {
    this.#sql = sql;
    this.#performed = performed;
    this.#pace = pace;
    sql.exec(schema);
  }

  receive(rows: readonly ReceivedBalancer[]): void {
    for (const { resourceId, spec, enabled, address } of rows) if (!this.knows(resourceId)) this.#insert(resourceId, spec, enabled, address);
  }

  knows(id: number): boolean {
    return (
      this.#sql.exec("SELECT id FROM balancer WHERE id = ? UNION ALL SELECT balancer FROM balancer_gone WHERE balancer = ?", id, id).toArray()
        .length > 0
    );
  }

  observe(id: number): ObservedBalancer | null {
    const balancer = this.#balancer(id);
    if (!balancer) return null;
    const now = Date.now();
    return {
      kind: "balancer",
      resourceId: id,
      enabled: balancer.enabled === 1,
      supervised: balancer.supervised === 1,
      ipAddress: balancer.address,
      hosts: this.#sql
        .exec<{ host: string }>("SELECT host FROM balancer_host WHERE balancer = ?", id)
        .toArray()
        .map(({ host }) => host),
      members: this.#members(id).map((row) => ({
        instanceId: row.member,
        port: row.port,
        state: stateOf(row),
        status: statusOf(row),
        connections: this.#connections(balancer, row, now),
        isSettled: isSettled(row),
      })),
    };
  }

  /** Whom its health monitor probes. */
  targets(id: number): Target[] {
    return this.#members(id).map(({ member, zone }) => ({ member, zone }));
  }

  /** What the probes said. @param good the instances that answered */
  probed(id: number, good: ReadonlySet<number>, now: number): void {
    const balancer = this.#balancer(id);
    if (!balancer) return;
    const monitor = JSON.parse(balancer.monitor) as Monitor;
    for (const row of this.#members(id)) {
      const before = { verdict: row.verdict, good: row.good === null ? null : row.good === 1, since: row.since };
      const after = judge(before, good.has(row.member), monitor, this.#pace, now);
      this.#sql.exec(
        "UPDATE balancer_member SET verdict = ?, good = ?, since = ? WHERE balancer = ? AND member = ? AND port = ?",
        after.verdict,
        after.good ? 1 : 0,
        after.since,
        id,
        row.member,
        row.port,
      );
    }
  }

  refusal({ verb, resourceId: id, spec }: Effect): string | null {
    const balancer = this.#balancer(id);
    if (verb === "create-balancer") {
      if (balancer) return "conflict: the load balancer is there already";
      const { networkId, cidr } = spec as BalancerSpec;
      return this.#freeAddress(networkId, cidr) ? null : "no address is free in the network";
    }
    if (!balancer) return "no such load balancer";
    if (verb === "start-balancer") return balancer.enabled ? "conflict: the load balancer is started" : null;
    if (verb === "stop-balancer") return balancer.enabled ? null : "conflict: the load balancer is stopped";
    if (verb === "delete-balancer") return balancer.enabled ? "conflict: the load balancer is started" : null;
    if (verb === "put-member") return this.#member(id, memberIn(spec)) ? "conflict: the member is there already" : null;
    if (verb === "drain-member" || verb === "set-member" || verb === "remove-member")
      return this.#member(id, memberIn(spec)) ? null : "no such member";
    if (verb === "put-host") return this.#hasHost(id, hostIn(spec)) ? "conflict: the host is there already" : null;
    if (verb === "remove-host") return this.#hasHost(id, hostIn(spec)) ? null : "no such host";
    return null;
  }

  /** Draining lasts until the clients have left. */
  takes({ verb, resourceId: id, spec }: Effect): number | null {
    const row = verb === "drain-member" ? this.#member(id, memberIn(spec)) : null;
    return row && drainTakes(this.#connections(this.#balancer(id)!, row, Date.now()));
  }

  /** From now on the member gets no new clients. */
  reserve({ verb, resourceId: id, spec }: Effect): void {
    if (verb === "create-balancer") this.#insert(id, spec as BalancerSpec, false, null);
    if (verb !== "drain-member") return;
    const { instanceId, port } = memberIn(spec);
    this.#sql.exec(
      "UPDATE balancer_member SET drained = coalesce(drained, ?) WHERE balancer = ? AND member = ? AND port = ?",
      Date.now(),
      id,
      instanceId,
      port,
    );
  }

  perform({ key, verb, resourceId: id, spec }: Omit<Effect, "fence">): void {
    if (verb === "start-balancer" || verb === "stop-balancer")
      this.#sql.exec("UPDATE balancer SET enabled = ? WHERE id = ?", verb === "start-balancer" ? 1 : 0, id);
    if (verb === "delete-balancer") this.remove(id);
    if (verb === "supervise-balancer") this.#sql.exec("UPDATE balancer SET supervised = ? WHERE id = ?", (spec as { on: boolean }).on ? 1 : 0, id);
    if (verb === "put-member") this.#putMember(id, spec as MemberSpec);
    if (verb === "set-member") this.#setMember(id, spec as MemberSpec);
    if (verb === "remove-member") {
      const { instanceId, port } = memberIn(spec);
      this.#sql.exec("DELETE FROM balancer_member WHERE balancer = ? AND member = ? AND port = ?", id, instanceId, port);
    }
    if (verb === "put-host") this.#putHost(id, spec as { host: string; certificate: string | null });
    if (verb === "remove-host") this.#sql.exec("DELETE FROM balancer_host WHERE balancer = ? AND host = ?", id, hostIn(spec));
    this.#performed.count(key);
  }

  /** With all that belongs to it. */
  remove(id: number): void {
    for (const statement of [
      "DELETE FROM balancer WHERE id = ?",
      "DELETE FROM balancer_member WHERE balancer = ?",
      "DELETE FROM balancer_host WHERE balancer = ?",
    ])
      this.#sql.exec(statement, id);
    this.#sql.exec("INSERT OR IGNORE INTO balancer_gone VALUES (?)", id);
  }

  #insert(id: number, spec: BalancerSpec, enabled: boolean, address: string | null): void {
    const { name, listener, monitor, networkId, cidr, hosts, members } = spec;
    const isFree = address !== null && !this.#taken(networkId).has(address);
    this.#sql.exec(
      "INSERT INTO balancer(id, name, enabled, listener, monitor, network, address) VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      name,
      enabled ? 1 : 0,
      JSON.stringify(listener),
      JSON.stringify(monitor),
      networkId,
      isFree ? address : (this.#freeAddress(networkId, cidr) ?? ""),
    );
    hosts.forEach((host) => this.#putHost(id, host));
    members.forEach((member) => this.#putMember(id, member));
    this.#sql.exec("DELETE FROM balancer_gone WHERE balancer = ?", id);
  }

  #putHost(id: number, { host, certificate }: { host: string; certificate: string | null }): void {
    this.#sql.exec("INSERT OR REPLACE INTO balancer_host VALUES (?, ?, ?)", id, host, certificate);
  }

  #putMember(id: number, { instanceId, port, zone, address, state }: MemberSpec): void {
    this.#sql.exec(
      "INSERT INTO balancer_member(balancer, member, port, zone, address, state, drained) VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      instanceId,
      port,
      zone,
      address,
      state,
      state === "enabled" ? null : 0,
    );
  }

  /** Enabled: it gets clients again. Disabled: it keeps those that it has. Offline: they are cut off. */
  #setMember(id: number, { instanceId, port, state }: Pick<MemberSpec, "instanceId" | "port" | "state">): void {
    const drained = state === "enabled" ? null : state === "offline" ? 0 : Date.now();
    this.#sql.exec(
      "UPDATE balancer_member SET state = ?, drained = CASE ? WHEN 'disabled' THEN coalesce(drained, ?) ELSE ? END WHERE balancer = ? AND member = ? AND port = ?",
      state,
      state,
      drained,
      drained,
      id,
      instanceId,
      port,
    );
  }

  #connections({ enabled }: BalancerRow, { member, port, verdict, drained }: MemberRow, now: number): number {
    if (!enabled || verdict !== "up") return 0;
    const usual = usualConnections(member, port);
    return drained === null ? usual : connectionsLeft(usual, this.#pace === 0 ? Infinity : (now - drained) / this.#pace);
  }

  #balancer(id: number): BalancerRow | null {
    return this.#sql.exec<BalancerRow>("SELECT id, enabled, monitor, supervised, address FROM balancer WHERE id = ?", id).toArray()[0] ?? null;
  }

  #members(id: number): MemberRow[] {
    return this.#sql.exec<MemberRow>("SELECT * FROM balancer_member WHERE balancer = ?", id).toArray();
  }

  #member(id: number, { instanceId, port }: { instanceId: number; port: number }): MemberRow | null {
    return (
      this.#sql.exec<MemberRow>("SELECT * FROM balancer_member WHERE balancer = ? AND member = ? AND port = ?", id, instanceId, port).toArray()[0] ??
      null
    );
  }

  #hasHost(id: number, host: string): boolean {
    return this.#sql.exec("SELECT 1 FROM balancer_host WHERE balancer = ? AND host = ?", id, host).toArray().length > 0;
  }

  #taken(network: number): Set<string> {
    const rows = this.#sql.exec<{ address: string }>("SELECT address FROM balancer WHERE network = ?", network).toArray();
    return new Set(rows.map(({ address }) => address));
  }

  #freeAddress(network: number, cidr: string): string | null {
    return lastFreeAddress(cidr, this.#taken(network));
  }
}

/** Two people meet over the members of one load balancer: what the one was told about outages stays true whatever the other does at that moment. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { memberPhases, memberStates, memberStatuses } from "../../worker/contract/load-balancers.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import type { World } from "../world.ts";
import { count } from "./looking.ts";
import { acknowledged, meet, PATIENCE, ROUNDS, settled, tell, twoOfAKind, type Answered, type Wanted } from "./meeting.ts";

let it: World;
beforeAll(async () => {
  it = await twoOfAKind();
}, 120_000);

const change = (label: Wanted["label"], balancer: number, operation: string, options?: object): Wanted => ({
  label,
  path: `/itcare/networking/loadbalancers/${balancer}`,
  ask: { method: "PATCH", json: { operation, ...(options && { options }) } },
});
const codeOf = ({ status, text }: Answered) => (status < 300 ? String(status) : `${status} ${(JSON.parse(text) as { errorCode: string }).errorCode}`);

/** A balancer that serves, and two servers behind it that are up. */
async function withTwo(): Promise<{ balancer: number; members: [number, number] }> {
  const { id: balancer } = await it.addInstance({ family: "LOAD_BALANCER" });
  const members: [number, number] = [(await it.addInstance()).id, (await it.addInstance()).id];
  await env.REGION_EB.prepare(
    "INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase) SELECT ?, value, 80, ?, ?, ? FROM json_each(?)",
  )
    .bind(balancer, memberStates.enabled, memberStatuses.up, memberPhases.ACTIVE, JSON.stringify(members))
    .run();
  return { balancer, members };
}

test.each([
  ["remove", "delete-member-lb", "delete_member", {}],
  ["take offline", "update-member-state", "update_member_state", { state: "offline" }],
  ["drain", "update-member-state", "update_member_state", { state: "disabled" }],
] as const)(
  `both %s one of the last two that are up: one of them stays, ${ROUNDS} rounds`,
  { timeout: PATIENCE },
  async (_, label, operation, more) => {
    const ids: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { balancer, members } = await withTwo();
      const [one, other] = members.map((id) => change(label, balancer, operation, { id, ...more })) as [Wanted, Wanted];
      const told = await meet(it, one, other, round);
      const what = `round ${round}: ${tell(told)}`;
      expect(
        told.filter(({ accepted }) => accepted),
        what,
      ).toHaveLength(1);
      ids.push(...acknowledged(told, what));
      const kept = members[told.findIndex(({ accepted }) => !accepted)]!;
      const stays = `balancer_id = ${balancer} AND member_id = ${kept} AND state = ${memberStates.enabled} AND phase = ${memberPhases.ACTIVE}`;
      expect(await count("balancer_member", stays), what).toBe(1);
    }
    await settled(ids);
  },
);

test(`one drains a member while the other stops the balancer: one of the two is done, ${ROUNDS} rounds`, { timeout: PATIENCE }, async () => {
  const ids: number[] = [];
  const codes = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const { balancer, members } = await withTwo();
    const drain = change("update-member-state", balancer, "update_member_state", { id: members[0], state: "disabled" });
    const told = await meet(it, change("stop-lb", balancer, "stop"), drain, round);
    const what = `round ${round}: ${tell(told)}`;
    expect(
      told.filter(({ accepted }) => accepted),
      what,
    ).toHaveLength(1);
    told.forEach((answer) => codes.add(codeOf(answer)));
    const [acted] = acknowledged(told, what);
    await settled([acted!]);
    ids.push(acted!);
    const stopped = await count("resource", `id = ${balancer} AND status = ${statuses.INACTIVE}`);
    const drained = await count("balancer_member", `balancer_id = ${balancer} AND state = ${memberStates.disabled}`);
    expect([stopped, drained], what).toEqual(told[0].accepted ? [1, 0] : [0, 1]);
  }
  await settled(ids);
});

test(
  `one adds a member while the other deletes the balancer: a member of nothing is left by nobody, ${ROUNDS} rounds`,
  { timeout: PATIENCE },
  async () => {
    const ids: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { balancer } = await withTwo();
      await env.REGION_EB.prepare("UPDATE resource SET status = ? WHERE id = ?").bind(statuses.INACTIVE, balancer).run();
      const added = await it.addInstance();
      const deletion: Wanted = { label: "delete-lb", path: `/itcare/networking/loadbalancers/${balancer}`, ask: { method: "DELETE" } };
      const told = await meet(it, deletion, change("add-member-lb", balancer, "add_member", { id: added.id, port: 80 }), round);
      const what = `round ${round}: ${tell(told)}`;
      expect(
        told.filter(({ accepted }) => accepted),
        what,
      ).toHaveLength(1);
      ids.push(...acknowledged(told, what));
      await settled(ids.slice(-1));
      const [balancers, members] = [await count("resource", `id = ${balancer}`), await count("balancer_member", `balancer_id = ${balancer}`)];
      expect([balancers, members], what).toEqual(told[0].accepted ? [0, 0] : [1, 3]);
    }
    await settled(ids);
  },
);

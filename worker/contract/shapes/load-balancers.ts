/** Load balancers; reference: itcare-api.md, "networking/loadbalancers". */
import * as z from "zod";
import {
  healthcheckTypes,
  memberPhaseList,
  memberStateList,
  memberStatusList,
  modes,
  MOST_MEMBERS,
  operatingStatuses,
  persistences,
  protocolList,
  urlPattern,
  urlStatuses,
  type MemberPhase,
  type MemberState,
  type MemberStatus,
  type Protocol,
} from "../load-balancers.ts";
import { environmentList, type Environment } from "../resource-types.ts";
import { areas, dataCenterList, regionList, zoneList, type Area, type DataCenter, type Region, type Zone } from "../topology.ts";
import { action, changeReference, id, instant, reason, text, type Shape } from "./common.ts";
import { tagList } from "./tags.ts";

import { listBalancers } from "./list-balancers.ts";
import { availableAction, listOf, network, resourceItem } from "./resources.ts";

const words = <Word extends string>(list: readonly Word[]) => z.enum(list as [Word, ...Word[]]);

const setUpDNSEnabled = z
  .boolean()
  .default(false)
  .describe(
    "Also makes the host a name in DNS that leads to the load balancer and goes with the URL; 400 when GET /itcare/networking/domains has no domain for it",
  );

const port = z.int().min(1).max(65_535);
const protocol = words<Protocol>(protocolList);
const area = words(Object.keys(areas) as Area[]);
const memberState = words<MemberState>(memberStateList);

const urlName = z
  .string()
  .trim()
  .regex(urlPattern, "a host name, with or without http:// or https:// before it: 3 to 64 letters, digits, dots and hyphens, beginning with a letter")
  .transform((name) => name.toLowerCase());

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(190)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/, "a domain, as asclepia.example");

const sslProfile = z
  .string()
  .max(128)
  .regex(/^[\w.*-]+$/, "letters, digits, dots, hyphens and underscores")
  .optional()
  .describe("Of HTTPS only. Absent: the domain's own, as profile_wildcard.cegedim.com_secure");

/** Seconds, and probes in a row. */
const healthcheckOptions = z
  .object({
    type: words(healthcheckTypes).default("TCP"),
    path: text.max(256).regex(/^\//, "a path, beginning with /").optional().describe("Of HTTP and HTTPS; absent: /"),
    expectedStatus: z.int().min(100).max(599).optional().describe("Of HTTP and HTTPS; absent: 200"),
    interval: z.int().min(1).max(300).default(5),
    timeout: z.int().min(1).max(300).default(3),
    rise: z.int().min(1).max(10).default(2),
    fall: z.int().min(1).max(10).default(3),
  })
  .strict()
  .refine(({ interval, timeout }) => timeout <= interval, { path: ["timeout"], message: "not longer than the interval" });

/** A type alone, a path alone (HTTP), or all of it. */
const healthcheck = z
  .union([words(healthcheckTypes), text.max(256).regex(/^\//, "a type, or a path beginning with /"), healthcheckOptions])
  .transform((asked) => {
    const given =
      typeof asked !== "string" ? asked : healthcheckOptions.parse(asked.startsWith("/") ? { type: "HTTP", path: asked } : { type: asked });
    const web = given.type !== "TCP";
    return { ...given, path: web ? (given.path ?? "/") : null, expectedStatus: web ? (given.expectedStatus ?? 200) : null };
  })
  .describe("`HTTP`, `HTTPS`, `TCP`, a path as `/health`, or an object");

const persistence = z
  .union([
    words([...persistences.default, "none"] as const),
    z.object({ default: words(persistences.default).nullish(), fallback: words(persistences.fallback).nullish() }).strict(),
  ])
  .transform((asked) =>
    typeof asked === "string"
      ? { default: asked === "none" ? null : asked, fallback: null }
      : { default: asked.default ?? null, fallback: asked.fallback ?? null },
  )
  .describe("`cookie`, `hash`, `source_addr`, `none`, or {default, fallback}");

const newMember = z
  .object({
    id: id.describe("The instance"),
    port: port.optional().describe("Absent: the balancer's `portMembers`"),
    state: memberState.default("enabled"),
  })
  .strict();

export const createBalancer = z
  .object({
    name: text.max(64).optional().describe("Absent: the host of the URL"),
    serviceId: id,
    area,
    region: words<Region>(regionList).optional().describe("The area's own, or absent"),
    networkId: id.describe("Where it gets its address: a network of the area"),
    url: urlName,
    domain: domain.describe("The domain of the URL"),
    profileName: protocol,
    port: port.optional().describe("What it listens on. Absent: 80, 443 or 3306 by profile; TCP needs one"),
    sslProfile,
    redirectToHttps: z.boolean().default(false).describe("Of HTTPS: port 80 answers with a redirect"),
    healthcheck,
    persistence,
    loadBalancingMode: words(modes).default("round-robin"),
    iRules: z.array(text.max(128)).max(20).default([]),
    portMembers: port,
    members: z.array(z.union([id.transform((bare) => newMember.parse({ id: bare })), newMember])).max(MOST_MEMBERS),
    setUpDNSEnabled,
    monitoringEnabled: z.boolean().optional().describe("Absent: on for production"),
    noMonitoringReason: reason.describe("Why it goes without: PRODUCTION does not without one"),
    alertingEnabled: z.boolean().default(false),
    onCallSupervision: z.boolean().default(false).describe("24/7, also outside business hours"),
    environment: words<Environment>(environmentList).optional().describe("Absent: the Service's"),
    tags: tagList.default([]),
    comment: text.max(256).optional(),
    changeReference,
  })
  .strict()
  .refine(({ members, portMembers }) => new Set(members.map((member) => `${member.id}:${member.port ?? portMembers}`)).size === members.length, {
    path: ["members"],
    message: "every instance and port once",
  });
export type CreateBalancer = z.infer<typeof createBalancer>;

export const addUrl = z
  .object({
    name: urlName,
    domain: domain.optional().describe("Absent: the balancer's"),
    sslProfile,
    setUpDNSEnabled,
    monitoringEnabled: z.boolean().default(false),
    onCallSupervision: z.boolean().default(false),
    changeReference,
  })
  .strict();
export type AddUrl = z.infer<typeof addUrl>;

const patch = <Operation extends string, Options extends z.ZodType>(operation: Operation, options: Options) =>
  z.object({ operation: z.literal(operation), options, changeReference }).strict();
const noOptions = z.object({}).strict().optional();

const whichMember = { id: id.describe("The instance"), port: port.optional().describe("Needed where the instance is a member by several ports") };
const acceptOutage = z
  .boolean()
  .default(false)
  .describe("Do it although the last healthy member goes with it, or the last one in a data center; without it such an act is refused with 409");

/** What is wanted of a member, whoever it is. */
export const memberChange = { port: whichMember.port, state: memberState, acceptOutage };

const monitoring = z
  .object({ alertingEnabled: z.boolean().default(false), onCallSupervision: z.boolean().default(false) })
  .strict()
  .prefault({});
const noMonitoring = z
  .object({ noMonitoringReason: reason.describe("Why it goes without monitoring: PRODUCTION does not without one") })
  .strict()
  .prefault({});

const url = z.object({
  id,
  name: z.string(),
  domain: z.string(),
  sslProfile: z.string().nullable(),
  monitoringEnabled: z.boolean(),
  onCallSupervision: z.boolean(),
  setUpDNSEnabled: z.boolean().describe("Whether its name in DNS was made with it, and goes with it"),
  status: words(urlStatuses),
});
export type BalancerUrlItem = z.infer<typeof url>;

export const balancerItem = resourceItem.extend({
  protocol,
  profileName: protocol,
  port,
  portMembers: port,
  redirectToHttps: z.boolean(),
  loadBalancingMode: words(modes),
  persistence: z.object({ default: words(persistences.default).nullable(), fallback: words(persistences.fallback).nullable() }),
  healthcheck: z.object({
    type: words(healthcheckTypes),
    path: z.string().nullable(),
    expectedStatus: z.int().nullable(),
    interval: z.int().describe("Seconds"),
    timeout: z.int().describe("Seconds"),
    rise: z.int(),
    fall: z.int(),
  }),
  iRules: z.array(z.string()),
  domain: z.string(),
  urls: z.array(url),
  monitoringEnabled: z.boolean(),
  alertingEnabled: z.boolean(),
  onCallSupervision: z.boolean(),
  noMonitoringReason: z.string().nullable().describe("Why a PRODUCTION balancer goes without monitoring"),
  ipAddress: z.string().nullable().describe("The address that it serves on"),
  network,
  comment: z.string().nullable(),
  operatingStatus: words(operatingStatuses).describe("OFFLINE: stopped. NO_MONITOR: nothing is known of any member that is wanted"),
  memberCount: z.int(),
  membersUp: z.int().describe("Enabled and found up"),
});
export type BalancerItem = z.infer<typeof balancerItem>;

export const member = z.object({
  id: id.describe("The instance: what operations name"),
  port,
  state: memberState.describe("What is wanted"),
  status: words<MemberStatus>(memberStatusList).describe("What is observed"),
  statusSince: instant.nullable(),
  phase: words<MemberPhase>(memberPhaseList).describe(
    "PREPARATION: being added; CHANGE: its state is being changed; DELETION: being drained and removed",
  ),
  name: z.string(),
  ipAddress: z.string().nullable(),
  technicalNetwork: z.string().nullable(),
  area: area.nullable(),
  availabilityZone: words<Zone>(zoneList).nullable(),
  dataCenter: words<DataCenter>(dataCenterList).nullable(),
  category: z.string(),
  outage: z
    .string()
    .nullable()
    .describe("What would stop serving without it, as a sentence: removing or disabling it then asks for `acceptOutage`. Null: enough is left"),
});
export type BalancerMember = z.infer<typeof member>;

export const balancerShapes = {
  "create-lb": { body: createBalancer, answer: action, status: 202 },
  "start-lb": { body: patch("start", noOptions), answer: action, status: 202 },
  "stop-lb": { body: patch("stop", noOptions), answer: action, status: 202 },
  "delete-lb": { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 },
  "enable-monitoring-lb": { body: patch("enable_monitoring", monitoring), answer: action, status: 202 },
  "disable-monitoring-lb": { body: patch("disable_monitoring", noMonitoring), answer: action, status: 202 },
  "add-member-lb": { body: patch("add_member", newMember), answer: action, status: 202 },
  "delete-member-lb": { body: patch("delete_member", z.object({ ...whichMember, acceptOutage }).strict()), answer: action, status: 202 },
  "update-member-state": {
    body: patch("update_member_state", z.object({ ...whichMember, state: memberState, acceptOutage }).strict()),
    answer: action,
    status: 202,
  },
  "add-url-lb": { body: addUrl, answer: action, status: 202 },
  "delete-url-lb": { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 },
  "list-lb": { query: listBalancers, answer: listOf(balancerItem), status: 200 },
  "read-lb": { answer: balancerItem.extend({ availableActions: z.array(availableAction) }), status: 200 },
  "list-lb-members": { answer: z.array(member), status: 200 },
} as const satisfies Record<string, Shape>;

/** Reading: resources, instances, Services, tags, the catalogue, the topology. What is asked of lists stands in list-queries.ts. */
import * as z from "zod";
import { backupPolicyIds, type BackupPolicyId } from "../backup-policies.ts";
import { supportLevels, type SupportLevel } from "../support.ts";
import { environmentList, familyList, statusList, type Environment, type Status } from "../resource-types.ts";
import { regionList, zoneList, type Region, type Zone } from "../topology.ts";
import { id, instant, pageOf, type Shape } from "./common.ts";
import { backupPolicy, instanceDetails, support } from "./instance-details.ts";
import { membership } from "./memberships.ts";
import { missing } from "./missing.ts";
import { listInstances, listResources, listServices, partial } from "./list-queries.ts";

const status = z.enum(statusList as [Status, ...Status[]]);
const environment = z.enum(environmentList as [Environment, ...Environment[]]);
const region = z.enum(regionList as [Region, ...Region[]]);
const zone = z.enum(zoneList as [Zone, ...Zone[]]);

/** What every list adds to the API's envelope. */
const beside = {
  nextCursor: z.string().optional().describe("Present when there is a next page: pass it as `cursor`"),
  totalIsLowerBound: z
    .literal(true)
    .optional()
    .describe("Present when there are at least `totalElements`, and counting all would cost too much; exact on the last page"),
  partial: z.literal(true).optional().describe("Present when a region is away and what it holds is not in this list"),
  missingRegions: z.array(region).optional(),
};
export const listOf = <Item extends z.ZodType>(item: Item) => pageOf(item).extend(beside);

export const tagPair = z.object({ key: z.string(), value: z.string() });

export const actionInProgress = z.object({ id, internalId: id, operation: z.string(), label: z.string(), status: z.literal("IN_PROGRESS") });

export const availableAction = z.object({
  operation: z.string().describe("What the PATCH body names; `create` and `delete` are calls of their own"),
  label: z.string().describe("The row of the privilege matrix"),
  available: z.boolean(),
  unavailabilityCauses: z.array(z.string()),
  missing: z.array(missing).optional().describe("The same as facts, as a refusal tells them; absent when it is available"),
  consequences: z
    .object({ aliases: z.array(z.string()) })
    .optional()
    .describe("What goes with it, and is signed with it: the aliases that will resolve no more"),
});
export type AvailableAction = z.infer<typeof availableAction>;

export const network = z.object({
  technicalID: z.int(),
  name: z.string(),
  cidr: z.string(),
  scope: z.string(),
  ipAddress: z.string().nullable(),
  dns: z.array(z.object({ alias: z.string(), domain: z.string() })),
});

const serviceKey = z.string().describe("What people call the Service by in tickets: S1-42; the same when it is renamed");

export const resourceItem = z.object({
  id,
  internalResourceId: id,
  name: z.string(),
  label: z.string(),
  prettyLabel: z.string(),
  path: z.string().describe("The endpoint that gives its details"),
  status,
  environment,
  category: z.string(),
  type: z.string(),
  family: z.enum(familyList as [string, ...string[]]),
  resourceType: z.string(),
  internalType: z.string(),
  serviceId: id,
  serviceKey,
  serviceName: z.string(),
  cloudId: id,
  cloudName: z.string(),
  region,
  availabilityZone: zone.nullable(),
  labelRegion: z.string(),
  area: z.string().nullable(),
  labelArea: z.string().nullable(),
  labelDatacenter: z.string().nullable(),
  labelDataCenter: z.string().nullable(),
  labelAvailabilityZone: z.string().nullable(),
  creationTime: instant,
  creationUser: z.string(),
  backupStatus: z.boolean().describe("Whether it is backed up"),
  replicationStatus: z.boolean().describe("Whether a replica is kept in the other building of the region"),
  supportLevel: z
    .enum(supportLevels as [SupportLevel, ...SupportLevel[]])
    .nullable()
    .describe("What is owed in its phase; null: its product is not in the catalogue"),
  ...support,
  revision: z.int(),
  observation: z.int(),
  actionsInProgress: z.array(actionInProgress),
  tags: z.array(tagPair),
  productCode: z.string().optional(),
  productName: z.string().optional(),
  comment: z.string().nullable().optional(),
});
export type ResourceItem = z.infer<typeof resourceItem>;

export const instanceItem = resourceItem.extend({
  productCode: z.string(),
  productName: z.string(),
  resourceId: z.string().describe("The sizing's code; the API names it so"),
  cpu: z.int(),
  ram: z.int().describe("GB"),
  storage: z.number().describe("GB"),
  totalSizeDisks: z.string().describe("GB, as text: existing clients decode a string"),
  disks: z.array(z.number()),
  ipAddress: z.string().nullable(),
  network,
  monitoringEnabled: z.boolean(),
  alertingEnabled: z.boolean(),
  onCallSupervision: z.boolean().describe("24/7"),
  backupPolicyId: z.enum(backupPolicyIds as [BackupPolicyId, ...BackupPolicyId[]]).nullable(),
  noBackupReason: z.string().nullable().describe("Why a PRODUCTION instance goes without backup"),
  noMonitoringReason: z.string().nullable().describe("Why a PRODUCTION instance goes without monitoring"),
  noReplicationReason: z.string().nullable().describe("Why a PRODUCTION instance goes without a replica"),
  patchParty: z
    .object({
      patchGroup: z.int(),
      patchDate: z.iso.date().nullable().describe("Of the last party that it took part in"),
      patchTag: z.string().nullable(),
      excluded: z.boolean(),
      exclusionReason: z.string().nullable(),
    })
    .nullable(),
  sshKeys: z.array(z.string()).describe("Type and key, without comments"),
  fileSystems: z.array(z.object({ mountingPoint: z.string(), type: z.string(), size: z.number(), free: z.number() })),
});
export type InstanceItem = z.infer<typeof instanceItem>;

/** A resource of any family: what its own family has beside stands in it too. */
const anyResource = resourceItem.loose();
const readResource = anyResource.extend({ availableActions: z.array(availableAction) });
const readInstance = instanceItem.extend({
  ...instanceDetails.shape,
  isMemberOFLoadBalancer: z.boolean(),
  loadbalancers: z.array(membership),
  availableActions: z.array(availableAction),
});

const storage = z.object({
  totalSizeDisks: z.number(),
  totalSizeFileSystems: z.number(),
  fileSystems: z.array(z.object({ mountingPoint: z.string(), fileSystemType: z.string(), sizeOf: z.number(), free: z.number() })),
});

export const serviceItem = z.object({
  id,
  serviceKey,
  name: z.string(),
  cloudId: id,
  cloudName: z.string(),
  environment: environment.describe("What a resource created in it gets unless said otherwise"),
  description: z.string().nullable(),
  deleting: z.boolean().describe("Its deletion was accepted: nothing comes into it any more, and it is gone when every region says that it is empty"),
  revision: z.int(),
  resourceCount: z.int().nullable().describe("Null when a region is away"),
});
export type ServiceItem = z.infer<typeof serviceItem>;

const readService = serviceItem.extend({ availableActions: z.array(availableAction) });
export type ServiceRead = z.infer<typeof readService>;

const product = z.object({
  productCode: z.string(),
  name: z.string(),
  family: z.string(),
  type: z.string(),
  ...support,
});

const health = z.enum(["UP", "DOWN"]);

const topology = z.object({
  regions: z.array(
    z.object({
      region,
      name: z.string(),
      health,
      areas: z.array(z.object({ area: z.string(), default: z.boolean() })),
      dataCenters: z.array(
        z.object({
          dataCenter: z.string(),
          name: z.string(),
          availabilityZones: z.array(
            z.object({
              availabilityZone: zone,
              area: z.string(),
              reservedForGroup: z.boolean(),
              mayUse: z.boolean().describe("Whether your organization may create in it"),
              health,
              resources: z
                .object({ total: z.int(), ACTIVE: z.int(), PREPARATION: z.int(), INACTIVE: z.int() })
                .nullable()
                .describe("Of the Clouds that you have a profile on; null when the region is away"),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type Topology = z.infer<typeof topology>;

const tagKeys = z
  .object({
    search: z.string().trim().max(128).optional().describe("What they begin with"),
    after: z.string().max(128).optional().describe("The last one of the answer before: continues after it"),
    size: z.coerce.number().int().min(1).max(1000).default(200),
    partial,
  })
  .strict();
const tagValues = tagKeys.extend({ key: z.string().min(1).max(64) }).strict();

export const resourceReads = {
  "read-health": {
    answer: z.object({
      status: health,
      regions: z.record(z.string(), health),
      feedRefused: z
        .record(z.string(), z.int())
        .nullable()
        .describe("How many changes of Services each region could not take and was passed over; null: nobody knows now"),
      mail: z
        .object({
          transport: z.boolean().describe("Whether anything is set up to send mails"),
          late: z.int().describe("Mails that should have gone out ten minutes ago, counted up to 100"),
          givenUp: z.int().describe("Mails of the last seven days that will never go out, counted up to 100"),
        })
        .nullable()
        .describe("null: nobody knows now"),
    }),
    status: 200,
  },
  "list-resources": { query: listResources, answer: listOf(anyResource), status: 200 },
  "read-resource": { answer: readResource, status: 200 },
  "list-instances": { query: listInstances, answer: listOf(instanceItem), status: 200 },
  "read-instance": { answer: readInstance, status: 200 },
  "read-instance-storage": { answer: storage, status: 200 },
  "read-instance-networks": { answer: network, status: 200 },
  "list-services": { query: listServices, answer: listOf(serviceItem), status: 200 },
  "read-service": { answer: readService, status: 200 },
  "list-tag-keys": { query: tagKeys, answer: z.array(z.string()), status: 200 },
  "list-tag-values": { query: tagValues, answer: z.array(z.string()), status: 200 },
  "list-statuses": { answer: z.array(z.object({ code: status, label: z.string() })), status: 200 },
  "list-environments": { answer: z.array(z.object({ code: environment, label: z.string() })), status: 200 },
  "list-types": {
    answer: z.array(z.object({ category: z.string(), type: z.string(), family: z.string(), label: z.string(), path: z.string() })),
    status: 200,
  },
  "list-products": { answer: z.array(product), status: 200 },
  "list-sizings": { answer: z.array(z.object({ resourceId: z.string(), cpu: z.int(), ram: z.int() })), status: 200 },
  "list-backup-policies": {
    answer: z.array(backupPolicy),
    status: 200,
  },
  "list-networks": {
    query: z.object({ az: zone.optional().describe("Only of this availability zone"), partial }).strict(),
    answer: z.array(z.object({ id, name: z.string(), cidr: z.string(), scope: z.string(), availabilityZone: zone, area: z.string(), region })),
    status: 200,
  },
  "read-topology": { answer: topology, status: 200 },
} as const satisfies Record<string, Shape>;

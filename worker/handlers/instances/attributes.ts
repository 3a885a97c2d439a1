import { products, sizings } from "../../contract/catalogue.ts";
import { newPatchParty } from "../../contract/patch-parties.ts";
import { unprotected, type InstanceAttributes } from "../../contract/shapes/instance-attributes.ts";
import type { CreateInstance } from "../../contract/shapes/instances.ts";
import type { InstancePlan } from "./plan.ts";

/** What is known of an instance before its zone has made it. */
export function newAttributes({ product, sizing, network, environment }: InstancePlan, body: CreateInstance): InstanceAttributes {
  const { disks, sshKeys, comment } = body;
  const storage = disks.reduce((sum, size) => sum + size, 0);
  return {
    ...sizings[sizing],
    storage,
    totalSizeDisks: String(storage),
    disks,
    productCode: product,
    productName: products[product].name,
    resourceId: sizing,
    ipAddress: null,
    network: { technicalID: network.id, name: network.name, cidr: network.cidr, scope: network.scope, ipAddress: null, dns: [] },
    sshKeys,
    comment: comment ?? null,
    fileSystems: [],
    // What the zone has really set up is seen once it has made the instance.
    ...unprotected,
    noBackupReason: body.noBackupReason ?? null,
    noMonitoringReason: body.noMonitoringReason ?? null,
    noReplicationReason: body.noReplicationReason ?? null,
    patchParty: newPatchParty(environment),
  };
}

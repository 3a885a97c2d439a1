/** What protects the seeded instances: production has backup and monitoring, with a few that go without for a reason; the rest as their teams like it. */
import { backupPolicyIds, USUAL_POLICY } from "../../worker/contract/backup-policies.ts";
import { lastPatched, newPatchParty, type PatchParty } from "../../worker/contract/patch-parties.ts";
import { sumOf } from "../../worker/contract/protection.ts";
import { families } from "../../worker/contract/resource-types.ts";
import type { InstanceAttributes } from "../../worker/contract/shapes/instance-attributes.ts";
import type { Chance } from "./random.ts";
import type { SeededResource } from "./resources.ts";

const noBackup = ["Stateless: rebuilt from its image within minutes.", "Its data lies in the managed database, which has backups of its own."];
const noMonitoring = ["Watched by the team's own tools until the end of the year.", "Replaced next month; the alerts go to its successor."];
const noReplication = ["One site is enough: the service tolerates a day of interruption.", "The application replicates by itself between the zones."];
const notPatched = ["The editor certifies its software on this release only.", "Patched by hand with the imaging devices, twice a year."];

/** Others than instances stay as they are. */
export function withProtection(resource: SeededResource, chance: Chance, now: number): SeededResource {
  if (families[resource.family].category !== "INSTANCE") return resource;
  const production = resource.environment === "PRODUCTION";
  const backup = chance.in100(production ? 90 : 15);
  const replication = chance.in100(production ? 30 : 0);
  const monitoring = chance.in100(production ? 93 : backup ? 100 : 35);
  const why = (protects: boolean, reasons: readonly string[]): string | null => (production && !protects ? chance.one(reasons) : null);
  const attributes: Partial<InstanceAttributes> = {
    monitoringEnabled: monitoring,
    alertingEnabled: monitoring && (production || chance.in100(30)),
    onCallSupervision: monitoring && production && chance.in100(50),
    backupPolicyId: backup
      ? production
        ? chance.one(backupPolicyIds.filter((id) => id !== "nightly-7"))
        : chance.one(["nightly-7", USUAL_POLICY])
      : null,
    noBackupReason: why(backup, noBackup),
    noMonitoringReason: why(monitoring, noMonitoring),
    noReplicationReason: why(replication, noReplication),
    patchParty: patchPartyOf(resource, chance, now),
  };
  return {
    ...resource,
    attributes: { ...resource.attributes, ...attributes },
    protection: sumOf({ backup, replication, monitoring, patchParty: !attributes.patchParty!.excluded }),
  };
}

function patchPartyOf({ environment, created }: SeededResource, chance: Chance, now: number): PatchParty {
  const party = newPatchParty(environment);
  if (chance.in100(6)) return { ...party, excluded: true, exclusionReason: chance.one(notPatched) };
  const last = lastPatched(party.patchGroup, now);
  return Date.parse(last.patchDate) > created ? { ...party, ...last } : party;
}

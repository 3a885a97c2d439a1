/** What the opening of an operation writes beside its resource: what the act is about. The counterpart of settle.ts, one entry for each family. */
import type { Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { noMembership } from "./balancers.ts";
import { openSnapshot } from "./snapshots.ts";

/** Writes nothing for acts that are not its own. */
type Opening = (opened: OperationRow, now: number) => Write[];

/** A member of a load balancer stays until it has been removed there. */
const stayMember: Opening = ({ label, resource_id: id }) => (label === "delete-instance" ? [noMembership(id)] : []);

const openings: readonly Opening[] = [openSnapshot, stayMember];

/** An act that is asked for by itself writes it with its own permit; an item of a plan when its turn has come. */
export function opening(opened: OperationRow, now: number): Write[] {
  return openings.flatMap((open) => open(opened, now));
}

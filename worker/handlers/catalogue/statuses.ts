import type { Handler } from "../../gate/context.ts";
import { statusList, type Status } from "../../contract/resource-types.ts";

const labels: Record<Status, string> = { ACTIVE: "Active", PREPARATION: "Preparation", INACTIVE: "Inactive" };
const answer = statusList.map((code) => ({ code, label: labels[code] }));

export const listStatuses: Handler<"list-statuses"> = () => Response.json(answer);

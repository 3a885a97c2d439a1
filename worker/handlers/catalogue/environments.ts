import type { Handler } from "../../gate/context.ts";
import { environmentList, type Environment } from "../../contract/resource-types.ts";

const labels: Record<Environment, string> = {
  PRODUCTION: "Production",
  PREPRODUCTION: "Preproduction",
  QA: "QA",
  TEST: "Test",
  DEVELOPMENT: "Development",
};
const answer = environmentList.map((code) => ({ code, label: labels[code] }));

export const listEnvironments: Handler<"list-environments"> = () => Response.json(answer);

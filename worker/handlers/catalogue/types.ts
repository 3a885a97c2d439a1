import type { Handler } from "../../gate/context.ts";
import { families, familyList } from "../../contract/resource-types.ts";

const answer = familyList.map((family) => {
  const { category, type, label, path } = families[family];
  return { category, type, family, label, path };
});

/** Category > type > family, each with the endpoint that gives the details of its resources. */
export const listTypes: Handler<"list-types"> = () => Response.json(answer);

import { products, type ProductCode } from "../../contract/catalogue.ts";
import { families } from "../../contract/resource-types.ts";
import type { Handler } from "../../gate/context.ts";

const answer = (Object.keys(products) as ProductCode[]).map((productCode) => {
  const { name, family } = products[productCode];
  return { productCode, name, family, type: families[family].type };
});

/** What an instance can be created from. */
export const listProducts: Handler<"list-products"> = () => Response.json(answer);

import { isOnSale, products, type ProductCode } from "../../contract/catalogue.ts";
import { families } from "../../contract/resource-types.ts";
import { supportPhaseOf } from "../../contract/support.ts";
import type { Handler } from "../../gate/context.ts";

/** What an instance can be created from now, and until when it is supported. */
export const listProducts: Handler<"list-products"> = ({ now }) => {
  const codes = (Object.keys(products) as ProductCode[]).filter((code) => isOnSale(code, now));
  return Response.json(
    codes.map((productCode) => {
      const product = products[productCode];
      return { productCode, ...product, type: families[product.family].type, supportPhase: supportPhaseOf(product, now) };
    }),
  );
};

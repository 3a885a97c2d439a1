/** The names that a load balancer serves. */
import type { BalancerUrl } from "../../contract/shapes/balancer-attributes.ts";
import { hostOf } from "../../contract/load-balancers.ts";
import { addUrl as add, deleteUrl as remove } from "../../../db/region/write/balancers.ts";
import type { Handler } from "../../gate/context.ts";
import { holdingNames, reservationLost } from "../../names/holding.ts";
import { openOperation } from "../resources/open-operation.ts";
import { quotaOr } from "../quotas/require.ts";
import { namesOf, takingNames } from "./hosts.ts";

/** One more; it has the id of the operation that adds it. */
export const addUrl: Handler<"add-url-lb"> = (permit, input, context) => {
  const { name, monitoringEnabled, onCallSupervision, setUpDNSEnabled } = input.body;
  const { host, domain, sslProfile, dns, address } = input.prepared;
  if (permit.dryRun) return openOperation(permit, input, {}, context);
  const urlOf = (id: number): BalancerUrl => ({
    id,
    name,
    domain,
    sslProfile,
    monitoringEnabled,
    onCallSupervision,
    setUpDNSEnabled,
    status: "PREPARATION",
  });
  const names = namesOf(input.prepared, "name");
  const holding = { ...context, holder: permit.target.id, token: permit.requestId };
  return holdingNames(names, holding, (until) =>
    openOperation(permit, input, (id) => ({ urlId: id, host, certificate: sslProfile, dns }), context, {
      by: null,
      write: (database, act) =>
        takingNames(host, "name", () => add(database, permit, { url: urlOf(act.operation.id), host, until, dns, address }, act)),
      lost: () => quotaOr(context.env, permit.target, { dnsAliases: dns ? 1 : 0 }, () => reservationLost(names.slice(0, 1))),
    }),
  );
};

/** Its name in DNS, where that was made with it, goes first. */
export const deleteUrl: Handler<"delete-url-lb"> = (permit, input, context) => {
  const { url, aliases } = input.prepared;
  return openOperation(permit, input, { urlId: url.id, host: hostOf(url.name), aliases }, context, {
    by: null,
    write: (database, act) => remove(database, permit, { urlId: url.id, aliases }, act),
  });
};

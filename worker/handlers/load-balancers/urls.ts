/** The names that a load balancer serves. */
import type { BalancerUrl } from "../../contract/shapes/balancer-attributes.ts";
import { hostOf } from "../../contract/load-balancers.ts";
import { addUrl as add, deleteUrl as remove } from "../../../db/region/write/balancers.ts";
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";
import { takingHost } from "./hosts.ts";

/** One more; it has the id of the operation that adds it. */
export const addUrl: Handler<"add-url-lb"> = (permit, input, context) => {
  const { name, monitoringEnabled, onCallSupervision, setUpDNSEnabled } = input.body;
  const { host, domain, sslProfile } = input.prepared;
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
  return openOperation(permit, input, (id) => ({ urlId: id, host, certificate: sslProfile }), context, {
    by: null,
    write: (database, act) => takingHost(host, "name", () => add(database, permit, urlOf(act.operation.id), host, act)),
  });
};

export const deleteUrl: Handler<"delete-url-lb"> = (permit, input, context) => {
  const { id, name } = input.prepared;
  return openOperation(permit, input, { urlId: id, host: hostOf(name) }, context, {
    by: null,
    write: (database, act) => remove(database, permit, id, act),
  });
};

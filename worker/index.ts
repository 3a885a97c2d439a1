export { OrganizationLog } from "./log/organization-log.ts";
export { SimulatedZone } from "./zones/simulated/zone.ts";
export { ZoneController } from "./zones/controller.ts";

export default { fetch: () => new Response("ok") };

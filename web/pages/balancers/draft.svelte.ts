/** The load balancer that is being filled in, under the API's own names. What is wrong with it the contract's shape says, not this. */
import type { Mode, Protocol } from "../../../worker/contract/load-balancers.ts";
import type { Area } from "../../../worker/contract/topology.ts";
import type { Body } from "../../api/client.ts";

export class Draft {
  serviceId = $state<number | "">("");
  area = $state<Area | "">("");
  networkId = $state<number | "">("");
  domain = $state("");
  url = $state("");
  profileName = $state<Protocol | "">("HTTPS");
  port = $state("");
  redirectToHttps = $state(false);
  loadBalancingMode = $state<Mode | "">("round-robin");
  persistence = $state<"cookie" | "hash" | "source_addr" | "none" | "">("none");
  healthcheck = $state<"HTTP" | "HTTPS" | "TCP" | "">("HTTP");
  path = $state("/");
  portMembers = $state("8080");
  members = $state.raw<readonly { id: number; name: string }[]>([]);
  setUpDNSEnabled = $state(false);
  monitoring = $state<"true" | "false" | "">("");
  noMonitoringReason = $state("");
  comment = $state("");
  changeReference = $state("");

  /** The request's body. What is left alone is not sent: the API's defaults hold; what is missing is missing, and told so. */
  toBody(): Body<"create-lb"> {
    const web = this.healthcheck !== "TCP";
    return {
      serviceId: this.serviceId || undefined,
      area: this.area || undefined,
      networkId: this.networkId || undefined,
      domain: this.domain.trim() || undefined,
      url: this.url.trim() || undefined,
      profileName: this.profileName || undefined,
      port: numberIn(this.port),
      redirectToHttps: (this.profileName === "HTTPS" && this.redirectToHttps) || undefined,
      loadBalancingMode: this.loadBalancingMode || undefined,
      persistence: this.persistence || "none",
      healthcheck: web ? { type: this.healthcheck || "HTTP", path: this.path.trim() || undefined } : "TCP",
      portMembers: numberIn(this.portMembers),
      members: this.members.map(({ id }) => id),
      setUpDNSEnabled: this.setUpDNSEnabled || undefined,
      monitoringEnabled: this.monitoring ? this.monitoring === "true" : undefined,
      noMonitoringReason: (this.monitoring === "false" && this.noMonitoringReason.trim()) || undefined,
      comment: this.comment.trim() || undefined,
      changeReference: this.changeReference.trim() || undefined,
    } as Body<"create-lb">;
  }
}

function numberIn(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

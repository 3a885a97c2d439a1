import type { Whence } from "../../db/directory/write/passwords.ts";
import { networkPrefix } from "./network.ts";

/** Where a request comes from, as a notice tells it: the network, never a full address, and the browser's own name for itself. */
export function whenceOf(request: Request): Whence {
  return { network: networkPrefix(request.headers.get("cf-connecting-ip")), agent: (request.headers.get("user-agent") ?? "").slice(0, 120) };
}

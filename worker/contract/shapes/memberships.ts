import * as z from "zod";
import { memberStateList, memberStatusList, type MemberState, type MemberStatus } from "../load-balancers.ts";
import { id } from "./common.ts";

/** What an instance's reading says of a load balancer that it serves behind. */
export const membership = z.object({
  id,
  name: z.string(),
  port: z.int(),
  state: z.enum(memberStateList as [MemberState, ...MemberState[]]),
  status: z.enum(memberStatusList as [MemberStatus, ...MemberStatus[]]),
  outage: z.string().nullable().describe("What stops serving when the instance does, as a sentence; null: enough is left"),
});
export type Membership = z.infer<typeof membership>;

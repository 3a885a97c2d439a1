/**
 * What is worked out before a proof is asked for, by label: nobody signs what must fail. The same runs for a dry run, which ends there.
 */
import type {
  Actor,
  CloudTarget,
  CustomerTarget,
  MemberTarget,
  OrganizationTarget,
  OwnCloudTarget,
  RequestTarget,
  ResourceTarget,
  SelfTarget,
  ServiceTarget,
} from "../contract/actor.ts";
import type { Label } from "../contract/actions.ts";
import type { Inputs } from "../contract/shapes/index.ts";
import type { Env } from "../env.ts";
import { planNewKey, planRemoval as planKeyRemoval, planRename, type NewKey, type OwnKey, type Removal } from "./account/own-keys.ts";
import {
  planAccount,
  planAccountStanding,
  planAccountUpdate,
  planCredential,
  planCredentialRemoval,
  planKeys,
  type AccountPlan,
  type CloudsPlan,
  type CredentialPlan,
} from "./api-accounts/plan.ts";
import { planException, planExceptionEnd } from "./api-accounts/exceptions.ts";
import { planAlias, planAliasDeletion, type AliasPlan } from "./dns/plan.ts";
import { planWithdrawal, type Withdrawal } from "./dns/plan-withdrawal.ts";
import { planInstance, type InstancePlan } from "./instances/plan.ts";
import { preparePlan, type PreparedPlan } from "./plans/judge.ts";
import { planMonitored, planUnmonitored } from "./monitoring/plan.ts";
import type { PlannedMember } from "./load-balancers/candidates.ts";
import { refuseMember } from "./load-balancers/memberships.ts";
import { planNewMember, planRemoval, planStateChange, type MemberPlan } from "./load-balancers/plan-members.ts";
import { planHosts, planUrl, planUrlRemoval, type UrlPlan, type UrlRemoval } from "./load-balancers/plan-urls.ts";
import { planBalancer, type BalancerPlan } from "./load-balancers/plan.ts";
import { planEnrolment } from "./people/issue-enrolment.ts";
import { planChange, planDuty, planDutyEnd, planEnd, planGift, type DutyPlan, type ProfilePlan } from "./people/plan-profiles.ts";
import { planApproval, planObjection, planRecovery, type Approval, type RecoveryPlan } from "./recoveries/plan.ts";
import { planCloudEnd } from "./clouds/change.ts";
import { planOrganizationEnd, planStanding } from "./organizations/change.ts";
import { planAcceptance, planOrganization, planRequest, type PlannedAcceptance, type PlannedRequest } from "./requests/plan.ts";
import { planQuotas, type QuotasPlan } from "./quotas/set.ts";
import { planSettlement, type SettlementPlan } from "./restorations/settle.ts";
import { planSnapshot } from "./snapshots/plan.ts";
import { planMove, type MovePlan } from "./resources/move.ts";
import { planUpdate } from "./resources/update.ts";
import { planService } from "./services/create.ts";
import { planDeletion } from "./services/delete.ts";
import { planServiceUpdate } from "./services/update.ts";
import { planTags, type TagPlan } from "./tags/update.ts";
import { planResize, type ResizePlan } from "./instances/plan-resize.ts";

export interface Preparations {
  "create-instance": InstancePlan;
  "resize-compute-instance": ResizePlan;
  "delete-instance": Withdrawal;
  "create-snapshot": null;
  "enable-monitoring-instance": null;
  "disable-monitoring-instance": null;
  "run-plan": PreparedPlan;
  "create-service": null;
  "update-service": null;
  "delete-service": null;
  "move-resource": MovePlan;
  "update-tags": TagPlan;
  "update-resource": null;
  "create-dns": AliasPlan;
  "delete-dns": null;
  "create-dns-lb": AliasPlan;
  "delete-dns-lb": null;
  "create-lb": BalancerPlan;
  "add-member-lb": PlannedMember;
  "delete-member-lb": MemberPlan;
  "update-member-state": MemberPlan;
  "disable-monitoring-lb": null;
  "delete-lb": { hosts: string[] } & Withdrawal;
  "add-url-lb": UrlPlan;
  "delete-url-lb": UrlRemoval;
  "add-security-key": NewKey;
  "rename-security-key": OwnKey;
  "remove-security-key": Removal;
  "give-profile": ProfilePlan;
  "change-profile": ProfilePlan;
  "end-profile": ProfilePlan;
  "give-duty": DutyPlan;
  "end-duty": DutyPlan;
  "issue-enrolment": null;
  "ask-recovery": RecoveryPlan;
  "approve-recovery": Approval;
  "cancel-recovery": Approval;
  "create-api-account": CloudsPlan;
  "update-api-account": CloudsPlan;
  "end-api-account": AccountPlan;
  "add-api-credential": AccountPlan;
  "add-api-keys": AccountPlan;
  "suspend-api-account": AccountPlan;
  "resume-api-account": AccountPlan;
  "remove-api-credential": CredentialPlan;
  "give-secret-exception": AccountPlan;
  "end-secret-exception": AccountPlan;
  "request-account": PlannedRequest;
  "request-organization": PlannedRequest;
  "accept-request": PlannedAcceptance;
  "end-cloud": null;
  "set-quotas": QuotasPlan;
  "suspend-organization": null;
  "end-organization": null;
  "settle-restoration": SettlementPlan;
}

interface TargetOfPreparation {
  "create-instance": ServiceTarget;
  "resize-compute-instance": ResourceTarget;
  "delete-instance": ResourceTarget;
  "create-snapshot": ResourceTarget;
  "enable-monitoring-instance": ResourceTarget;
  "disable-monitoring-instance": ResourceTarget;
  "run-plan": ResourceTarget;
  "create-service": CloudTarget;
  "update-service": ServiceTarget;
  "delete-service": ServiceTarget;
  "move-resource": ResourceTarget;
  "update-tags": ResourceTarget;
  "update-resource": ResourceTarget;
  "create-dns": ResourceTarget;
  "delete-dns": ResourceTarget;
  "create-dns-lb": ResourceTarget;
  "delete-dns-lb": ResourceTarget;
  "create-lb": ServiceTarget;
  "add-member-lb": ResourceTarget;
  "delete-member-lb": ResourceTarget;
  "update-member-state": ResourceTarget;
  "disable-monitoring-lb": ResourceTarget;
  "delete-lb": ResourceTarget;
  "add-url-lb": ResourceTarget;
  "delete-url-lb": ResourceTarget;
  "add-security-key": SelfTarget;
  "rename-security-key": SelfTarget;
  "remove-security-key": SelfTarget;
  "give-profile": MemberTarget;
  "change-profile": MemberTarget;
  "end-profile": MemberTarget;
  "give-duty": MemberTarget;
  "end-duty": MemberTarget;
  "issue-enrolment": MemberTarget;
  "ask-recovery": OrganizationTarget;
  "approve-recovery": OrganizationTarget;
  "cancel-recovery": OrganizationTarget;
  "create-api-account": OrganizationTarget;
  "update-api-account": MemberTarget;
  "end-api-account": MemberTarget;
  "add-api-credential": MemberTarget;
  "add-api-keys": MemberTarget;
  "suspend-api-account": MemberTarget;
  "resume-api-account": MemberTarget;
  "remove-api-credential": MemberTarget;
  "give-secret-exception": MemberTarget;
  "end-secret-exception": MemberTarget;
  "request-account": OrganizationTarget;
  "request-organization": OrganizationTarget;
  "accept-request": RequestTarget;
  "end-cloud": OwnCloudTarget;
  "set-quotas": CustomerTarget;
  "suspend-organization": CustomerTarget;
  "end-organization": CustomerTarget;
  "settle-restoration": OrganizationTarget;
}

type Prepare<L extends keyof Preparations> = (
  actor: Actor,
  target: TargetOfPreparation[L],
  body: Inputs[L]["body"],
  env: Env,
  params: Record<string, string>,
) => Promise<Preparations[L]>;

export const preparations: { [L in keyof Preparations]: Prepare<L> } = {
  "create-instance": planInstance,
  "resize-compute-instance": planResize,
  "delete-instance": async (actor, target, body, env) => {
    await refuseMember(actor, target, body, env);
    return planWithdrawal(actor, target, body, env);
  },
  "create-snapshot": planSnapshot,
  "enable-monitoring-instance": planMonitored,
  "disable-monitoring-instance": planUnmonitored,
  "run-plan": preparePlan,
  "create-service": planService,
  "update-service": planServiceUpdate,
  "delete-service": planDeletion,
  "move-resource": planMove,
  "update-tags": planTags,
  "update-resource": planUpdate,
  "create-dns": planAlias,
  "delete-dns": planAliasDeletion,
  "create-dns-lb": planAlias,
  "delete-dns-lb": planAliasDeletion,
  "create-lb": planBalancer,
  "add-member-lb": planNewMember,
  "delete-member-lb": planRemoval,
  "update-member-state": planStateChange,
  "disable-monitoring-lb": planUnmonitored,
  "delete-lb": async (actor, target, body, env) => {
    const [hosts, withdrawal] = await Promise.all([planHosts(actor, target, body, env), planWithdrawal(actor, target, body, env)]);
    return { ...hosts, ...withdrawal };
  },
  "add-url-lb": planUrl,
  "delete-url-lb": planUrlRemoval,
  "add-security-key": planNewKey,
  "rename-security-key": planRename,
  "remove-security-key": planKeyRemoval,
  "give-profile": planGift,
  "change-profile": planChange,
  "end-profile": planEnd,
  "give-duty": planDuty,
  "end-duty": planDutyEnd,
  "issue-enrolment": planEnrolment,
  "ask-recovery": planRecovery,
  "approve-recovery": planApproval,
  "cancel-recovery": planObjection,
  "create-api-account": planAccount,
  "update-api-account": planAccountUpdate,
  "end-api-account": planAccountStanding,
  "add-api-credential": planCredential,
  "add-api-keys": planKeys,
  "suspend-api-account": planAccountStanding,
  "resume-api-account": planAccountStanding,
  "remove-api-credential": planCredentialRemoval,
  "give-secret-exception": planException,
  "end-secret-exception": planExceptionEnd,
  "request-account": planRequest,
  "request-organization": planOrganization,
  "accept-request": planAcceptance,
  "end-cloud": planCloudEnd,
  "set-quotas": planQuotas,
  "suspend-organization": planStanding,
  "end-organization": planOrganizationEnd,
  "settle-restoration": planSettlement,
};

/** @throws Problem when the act could not be done whatever the proof */
export async function prepare(
  label: Label,
  actor: Actor,
  target: unknown,
  body: unknown,
  env: Env,
  params: Record<string, string>,
): Promise<unknown> {
  if (!(label in preparations)) return undefined;
  const run = preparations[label as keyof Preparations] as (...what: readonly unknown[]) => Promise<unknown>;
  return run(actor, target, body, env, params);
}

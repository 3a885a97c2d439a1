/** The exhaustive map: every row of the table that is handled, and what handles it. A row without a handler does not compile. */
import type { Handlers } from "../gate/context.ts";
import { exportAccess, reviewAccess } from "./access/review.ts";
import { endSession } from "./account/end-session.ts";
import { endOtherSessions } from "./account/end-other-sessions.ts";
import { createApiAccount, endApiAccount, resumeApiAccount, suspendApiAccount, updateApiAccount } from "./api-accounts/change.ts";
import { addApiCredential, addApiKeys, changeCredentialDays, removeApiCredential } from "./api-accounts/credentials.ts";
import { endSecretException, giveSecretException } from "./api-accounts/exceptions.ts";
import { listApiAccounts, readApiAccount } from "./api-accounts/read.ts";
import { endMemberSessions } from "./people/end-sessions.ts";
import { issueEnrolment } from "./people/issue-enrolment.ts";
import { listPeople } from "./people/list.ts";
import { changeProfile, endDuty, endProfile, giveDuty, giveProfile } from "./people/profiles.ts";
import { readPerson } from "./people/read.ts";
import { approveRecovery, askRecovery, cancelRecovery } from "./recoveries/acts.ts";
import { listRecoveries } from "./recoveries/list.ts";
import { addSecurityKey, removeSecurityKey, renameSecurityKey } from "./account/security-keys.ts";
import { listMyProfiles } from "./account/list-profiles.ts";
import { listSecurityKeys } from "./account/list-security-keys.ts";
import { listSessions } from "./account/list-sessions.ts";
import { readMe } from "./account/me.ts";
import { listBackupPolicies } from "./catalogue/backup-policies.ts";
import { listEnvironments } from "./catalogue/environments.ts";
import { listNetworks } from "./catalogue/networks.ts";
import { listProducts } from "./catalogue/products.ts";
import { listSizings } from "./catalogue/sizings.ts";
import { listStatuses } from "./catalogue/statuses.ts";
import { listTypes } from "./catalogue/types.ts";
import { createAlias } from "./dns/create.ts";
import { deleteAlias } from "./dns/delete.ts";
import { listAliases, listDomains } from "./dns/list.ts";
import { exportOrganization } from "./exports/open.ts";
import { readExport } from "./exports/read.ts";
import { readHealth } from "./health/read.ts";
import { deleteInstance, resetInstance, resizeInstance, startInstance, stopInstance } from "./instances/change.ts";
import { createInstance } from "./instances/create.ts";
import { listInstances } from "./instances/list.ts";
import { readNetworks } from "./instances/networks.ts";
import { readInstance } from "./instances/read.ts";
import { readStorage } from "./instances/storage.ts";
import { addMember, deleteMember, updateMemberState } from "./load-balancers/change-members.ts";
import { deleteBalancer, disableBalancerMonitoring, enableBalancerMonitoring, startBalancer, stopBalancer } from "./load-balancers/change.ts";
import { createBalancer } from "./load-balancers/create.ts";
import { addUrl, deleteUrl } from "./load-balancers/urls.ts";
import { listBalancers } from "./load-balancers/list.ts";
import { listMembers } from "./load-balancers/members.ts";
import { readBalancer } from "./load-balancers/read.ts";
import { exportLog } from "./log/export.ts";
import { readLogEntry } from "./log/entry.ts";
import { readLogHead } from "./log/head.ts";
import { followLog } from "./log/live.ts";
import { readLog } from "./log/read.ts";
import { readChart } from "./monitoring/chart.ts";
import { disableMonitoring, enableMonitoring } from "./monitoring/change.ts";
import { cancelAction } from "./operations/cancel.ts";
import { listActions } from "./operations/list.ts";
import { readHistory } from "./operations/history.ts";
import { readAction } from "./operations/read.ts";
import { requestAccount, requestOrganization } from "./requests/ask.ts";
import { acceptRequest, refuseRequest, withdrawRequest } from "./requests/decide.ts";
import { listRequests, readRequest } from "./requests/read.ts";
import { endCloud, listClouds, resumeCloud, suspendCloud } from "./clouds/change.ts";
import { endOrganization, listOrganizations, resumeOrganization, suspendOrganization } from "./organizations/change.ts";
import { endPerson, renewActivation, resumePerson, suspendPerson } from "./people/standing.ts";
import { listCustomerQuotas, listQuotas } from "./quotas/list.ts";
import { setQuotas } from "./quotas/set.ts";
import { listResources } from "./resources/list.ts";
import { readResource } from "./resources/read.ts";
import { runPlan } from "./plans/run.ts";
import { createSnapshot } from "./snapshots/create.ts";
import { deleteSnapshot } from "./snapshots/delete.ts";
import { listSnapshots } from "./snapshots/list.ts";
import { recoverSnapshot } from "./snapshots/recover.ts";
import { listRestorations } from "./restorations/list.ts";
import { settleRestoration } from "./restorations/settle.ts";
import { moveResource } from "./resources/move.ts";
import { updateResource } from "./resources/update.ts";
import { createService } from "./services/create.ts";
import { deleteService } from "./services/delete.ts";
import { listServices } from "./services/list.ts";
import { readService } from "./services/read.ts";
import { updateService } from "./services/update.ts";
import { listTags } from "./tags/list.ts";
import { listTagKeys } from "./tags/list-keys.ts";
import { listTagValues } from "./tags/list-values.ts";
import { updateTags } from "./tags/update.ts";
import { readTopology } from "./topology/read.ts";

export const handlers: Handlers = {
  "create-instance": createInstance,
  "start-instance": startInstance,
  "stop-instance": stopInstance,
  "reset-instance": resetInstance,
  "resize-compute-instance": resizeInstance,
  "delete-instance": deleteInstance,
  "create-lb": createBalancer,
  "start-lb": startBalancer,
  "stop-lb": stopBalancer,
  "delete-lb": deleteBalancer,
  "enable-monitoring-lb": enableBalancerMonitoring,
  "disable-monitoring-lb": disableBalancerMonitoring,
  "add-member-lb": addMember,
  "delete-member-lb": deleteMember,
  "update-member-state": updateMemberState,
  "add-url-lb": addUrl,
  "delete-url-lb": deleteUrl,
  "create-snapshot": createSnapshot,
  "recover-snapshot": recoverSnapshot,
  "delete-snapshot": deleteSnapshot,
  "enable-monitoring-instance": enableMonitoring,
  "disable-monitoring-instance": disableMonitoring,
  "run-plan": runPlan,
  "create-service": createService,
  "update-service": updateService,
  "delete-service": deleteService,
  "move-resource": moveResource,
  "update-tags": updateTags,
  "update-resource": updateResource,
  "create-dns": createAlias,
  "delete-dns": deleteAlias,
  "create-dns-lb": createAlias,
  "delete-dns-lb": deleteAlias,
  "cancel-action": cancelAction,
  "read-health": readHealth,
  "read-me": readMe,
  "list-resources": listResources,
  "read-resource": readResource,
  "list-resource-tags": listTags,
  "list-instances": listInstances,
  "read-instance": readInstance,
  "read-instance-storage": readStorage,
  "read-instance-networks": readNetworks,
  "read-chart": readChart,
  "read-history": readHistory,
  "list-snapshots": listSnapshots,
  "list-lb": listBalancers,
  "read-lb": readBalancer,
  "list-lb-members": listMembers,
  "list-dns": listAliases,
  "list-dns-lb": listAliases,
  "list-domains": listDomains,
  "list-services": listServices,
  "read-service": readService,
  "list-tag-keys": listTagKeys,
  "list-tag-values": listTagValues,
  "list-statuses": listStatuses,
  "list-environments": listEnvironments,
  "list-types": listTypes,
  "list-products": listProducts,
  "list-sizings": listSizings,
  "list-backup-policies": listBackupPolicies,
  "list-networks": listNetworks,
  "read-topology": readTopology,
  "list-actions": listActions,
  "read-action": readAction,
  "list-my-sessions": listSessions,
  "end-my-session": endSession,
  "end-my-other-sessions": endOtherSessions,
  "list-my-security-keys": listSecurityKeys,
  "add-security-key": addSecurityKey,
  "rename-security-key": renameSecurityKey,
  "remove-security-key": removeSecurityKey,
  "end-member-sessions": endMemberSessions,
  "give-profile": giveProfile,
  "change-profile": changeProfile,
  "end-profile": endProfile,
  "give-duty": giveDuty,
  "end-duty": endDuty,
  "issue-enrolment": issueEnrolment,
  "ask-recovery": askRecovery,
  "approve-recovery": approveRecovery,
  "cancel-recovery": cancelRecovery,
  "list-people": listPeople,
  "read-person": readPerson,
  "review-access": reviewAccess,
  "export-access": exportAccess,
  "list-recoveries": listRecoveries,
  "list-my-profiles": listMyProfiles,
  "create-api-account": createApiAccount,
  "update-api-account": updateApiAccount,
  "end-api-account": endApiAccount,
  "add-api-credential": addApiCredential,
  "add-api-keys": addApiKeys,
  "remove-api-credential": removeApiCredential,
  "give-secret-exception": giveSecretException,
  "end-secret-exception": endSecretException,
  "suspend-api-account": suspendApiAccount,
  "resume-api-account": resumeApiAccount,
  "change-credential-days": changeCredentialDays,
  "list-api-accounts": listApiAccounts,
  "read-api-account": readApiAccount,
  "renew-activation": renewActivation,
  "suspend-person": suspendPerson,
  "resume-person": resumePerson,
  "end-person": endPerson,
  "suspend-cloud": suspendCloud,
  "resume-cloud": resumeCloud,
  "end-cloud": endCloud,
  "list-clouds": listClouds,
  "suspend-organization": suspendOrganization,
  "resume-organization": resumeOrganization,
  "end-organization": endOrganization,
  "list-organizations": listOrganizations,
  "export-organization": exportOrganization,
  "read-export": readExport,
  "list-restorations": listRestorations,
  "settle-restoration": settleRestoration,
  "request-account": requestAccount,
  "request-organization": requestOrganization,
  "withdraw-request": withdrawRequest,
  "accept-request": acceptRequest,
  "refuse-request": refuseRequest,
  "set-quotas": setQuotas,
  "list-quotas": listQuotas,
  "list-customer-quotas": listCustomerQuotas,
  "list-requests": listRequests,
  "read-request": readRequest,
  "read-log": readLog,
  "read-log-entry": readLogEntry,
  "read-log-head": readLogHead,
  "export-log": exportLog,
  "follow-log": followLog,
};

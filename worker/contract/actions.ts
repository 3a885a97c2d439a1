/**
 * THE PRIVILEGE MATRIX: everything that a person or a program can ask of ITCare, one row an action.
 *
 * Routes, permits, OpenAPI, the console's buttons, the audit expectation and the tests derive from this table; a route that is no row cannot
 * exist. The labels of the specification's matrix stand here under their own names; what the product adds stands in the same form.
 *
 * - `on`: method and path under /itcare. Rows that share a PATCH path are told apart by the body's `operation`.
 * - `who`: the lowest profile that may do it, or the duty that may, or `member` (of an organization), or `anyone`.
 * - `proof`: what the act asks for beyond being signed in. `session`: the security key used in this session at most five minutes ago.
 *   `signature`: the key signs this very operation. On a PRODUCTION resource `session` becomes `signature` (see `proofFor`).
 * - `target`: what is decided about, and how the request names it.
 */
import type { Duty, Profile } from "./roles.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
export type Proof = "none" | "session" | "signature";

/**
 * - `none`: nothing in particular; the answer holds only what the actor may see.
 * - `organization`: the actor's own organization.
 * - `any-cloud`: the best profile that the actor holds on any Cloud decides (nouns that come later are kept per Cloud).
 * - `cloud`: the Cloud that the body's `cloudId` names.
 * - `service`: the Service that the body's `serviceId` or the path's `:service` names.
 * - `resource`: the resource that the path's first id names; `families` narrows it.
 * - `action`: the operation that the path's `:action` names; who may ask for it, may.
 * - `member`: the person or the API account of the actor's own organization that the path names.
 * - `request`: what the path's `:request` names, for who may ask for such a thing in its organization, and for Service Delivery.
 * - `own-cloud`: the Cloud of the actor's own organization that the path's `:cloud` names, whoever holds a profile on it.
 * - `customer`: the organization that the path's `:organization` names, for Service Delivery.
 * - `self`: the person who asks; programs have nothing of that kind. What is theirs and further named is found by the row's preparation.
 */
export type TargetKind =
  | "none"
  | "organization"
  | "any-cloud"
  | "cloud"
  | "service"
  | "resource"
  | "action"
  | "member"
  | "request"
  | "own-cloud"
  | "customer"
  | "self";

export interface ActionRow {
  on: `${Method} /${string}`;
  operation?: string;
  who: Profile | Duty | "member" | "anyone";
  proof: Proof;
  target: TargetKind;
  /** The category that a `resource` target must have; absent: any. */
  category?: string;
}

const instance = "/compute/instances/:instance";
const balancer = "/networking/loadbalancers/:loadbalancer";
const store = "/storage/object-stores/:store";
const account = "/organization/api-accounts/:account";
const cluster = "/compute/containers/kubernetes/:cluster";

// A table, aligned to be laid beside the specification.
// oxfmt-ignore
export const actions = {
  // Instances
  "create-instance":             { on: "POST /compute/instances",                 who: "POW", proof: "signature", target: "service" },
  "start-instance":              { on: `PATCH ${instance}`,                        operation: "start",               who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  "stop-instance":               { on: `PATCH ${instance}`,                        operation: "stop",                who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  "reset-instance":              { on: `PATCH ${instance}`,                        operation: "reset",               who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  "resize-compute-instance":     { on: `PATCH ${instance}`,                        operation: "resize",              who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  "delete-instance":             { on: `DELETE ${instance}`,                       who: "POW", proof: "signature", target: "resource", category: "INSTANCE" },
  // Instance monitoring
  "enable-monitoring-instance":  { on: `PATCH ${instance}`,                        operation: "enable_monitoring",   who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  "disable-monitoring-instance": { on: `PATCH ${instance}`,                        operation: "disable_monitoring",  who: "OPE", proof: "session",   target: "resource", category: "INSTANCE" },
  // Snapshots of instances
  "create-snapshot":             { on: `POST ${instance}/snapshots`,               who: "DTM", proof: "signature", target: "resource", category: "INSTANCE" },
  "recover-snapshot":            { on: `PATCH ${instance}/snapshots/:snapshot`,    operation: "recover",             who: "DTM", proof: "signature", target: "resource", category: "INSTANCE" },
  "delete-snapshot":             { on: `DELETE ${instance}/snapshots/:snapshot`,   who: "DTM", proof: "signature", target: "resource", category: "INSTANCE" },
  // DNS aliases of instances
  "create-dns":                  { on: `POST ${instance}/dns`,                     who: "OPE", proof: "signature", target: "resource", category: "INSTANCE" },
  "delete-dns":                  { on: `DELETE ${instance}/dns/:alias`,            who: "OPE", proof: "signature", target: "resource", category: "INSTANCE" },
  // Load balancers
  "create-lb":                   { on: "POST /networking/loadbalancers",          who: "POW", proof: "signature", target: "service" },
  "start-lb":                    { on: `PATCH ${balancer}`,                        operation: "start",               who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  "stop-lb":                     { on: `PATCH ${balancer}`,                        operation: "stop",                who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  "delete-lb":                   { on: `DELETE ${balancer}`,                       who: "POW", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  // Monitoring of load balancers
  "enable-monitoring-lb":        { on: `PATCH ${balancer}`,                        operation: "enable_monitoring",   who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  "disable-monitoring-lb":       { on: `PATCH ${balancer}`,                        operation: "disable_monitoring",  who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  // Load balancer management
  "add-member-lb":               { on: `PATCH ${balancer}`,                        operation: "add_member",          who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  "delete-member-lb":            { on: `PATCH ${balancer}`,                        operation: "delete_member",       who: "OPE", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  "update-member-state":         { on: `PATCH ${balancer}`,                        operation: "update_member_state", who: "OPE", proof: "session",   target: "resource", category: "LOAD_BALANCER" },
  "add-url-lb":                  { on: `POST ${balancer}/urls`,                    who: "OPE", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  "delete-url-lb":               { on: `DELETE ${balancer}/urls/:url`,             who: "OPE", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  // DNS aliases of load balancers
  "create-dns-lb":               { on: `POST ${balancer}/dns`,                     who: "OPE", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  "delete-dns-lb":               { on: `DELETE ${balancer}/dns/:alias`,            who: "OPE", proof: "signature", target: "resource", category: "LOAD_BALANCER" },
  // Maintenances
  "create-maintenance":          { on: "POST /maintenances",                      who: "DTM", proof: "signature", target: "any-cloud" },
  "delete-maintenance":          { on: "DELETE /maintenances/:maintenance",       who: "DTM", proof: "signature", target: "any-cloud" },
  // Indicators
  "create-indicator":            { on: "POST /indicators",                        who: "POW", proof: "signature", target: "any-cloud" },
  "update-indicator":            { on: "PATCH /indicators/:indicator",            who: "POW", proof: "session",   target: "any-cloud" },
  "delete-indicator":            { on: "DELETE /indicators/:indicator",           who: "POW", proof: "signature", target: "any-cloud" },
  // SMS
  "subscribe-vortext":           { on: "POST /sms/subscriptions",                 who: "POW", proof: "signature", target: "any-cloud" },
  // Object stores
  "create-object-stores":        { on: "POST /storage/object-stores",             who: "POW", proof: "signature", target: "service" },
  "update-object-stores":        { on: `PATCH ${store}`,                           who: "OPE", proof: "session",   target: "resource", category: "STORAGE" },
  "delete-object-stores":        { on: `DELETE ${store}`,                          who: "POW", proof: "signature", target: "resource", category: "STORAGE" },
  // Object store users
  "create-user-objectstores":    { on: `POST ${store}/users`,                      who: "POW", proof: "signature", target: "resource", category: "STORAGE" },
  "update-user-objectstores":    { on: `PATCH ${store}/users/:user`,               who: "POW", proof: "signature", target: "resource", category: "STORAGE" },
  "delete-user-objectstores":    { on: `DELETE ${store}/users/:user`,              who: "POW", proof: "signature", target: "resource", category: "STORAGE" },
  // Kubernetes clusters
  "create-cluster":              { on: "POST /compute/containers/kubernetes",     who: "POW", proof: "signature", target: "service" },
  "delete-cluster":              { on: `DELETE ${cluster}`,                        who: "POW", proof: "signature", target: "resource", category: "CONTAINER" },
  "create-cluster-namespace":    { on: `POST ${cluster}/namespaces`,               who: "OPE", proof: "signature", target: "resource", category: "CONTAINER" },
  "delete-cluster-namespace":    { on: `DELETE ${cluster}/namespaces/:namespace`,  who: "OPE", proof: "signature", target: "resource", category: "CONTAINER" },
  "create-cluster-nodes":        { on: `PATCH ${cluster}`,                         operation: "create_nodes",        who: "POW", proof: "signature", target: "resource", category: "CONTAINER" },
  "delete-cluster-nodes":        { on: `DELETE ${cluster}/nodes/:node`,            who: "POW", proof: "signature", target: "resource", category: "CONTAINER" },

  // Products that ITCare lists but does not create by itself
  "create-opensearch":           { on: "POST /databases/opensearch",              who: "POW", proof: "signature", target: "service" },
  "create-postgresql":           { on: "POST /databases/postgresql",              who: "POW", proof: "signature", target: "service" },
  "create-mariadb":              { on: "POST /databases/mariadb",                 who: "POW", proof: "signature", target: "service" },
  "create-redis":                { on: "POST /databases/redis",                   who: "POW", proof: "signature", target: "service" },
  "create-sqlserver":            { on: "POST /databases/sqlserver",               who: "POW", proof: "signature", target: "service" },
  "create-rabbitmq":             { on: "POST /message-brokers/rabbitmq",          who: "POW", proof: "signature", target: "service" },
  "create-apache-kafka":         { on: "POST /message-brokers/apache-kafka",      who: "POW", proof: "signature", target: "service" },
  "create-glusterfs":            { on: "POST /storage/glusterfs",                 who: "POW", proof: "signature", target: "service" },
  "create-overdrive":            { on: "POST /storage/overdrive",                 who: "POW", proof: "signature", target: "service" },
  "create-matomo":               { on: "POST /analytics/matomo",                  who: "POW", proof: "signature", target: "service" },

  // Several acts on one resource, signed once
  "run-plan":                    { on: "POST /compute/resources/:resource/plans", who: "DTM", proof: "signature", target: "resource" },
  // Services, and what people change of a resource without its zone
  "create-service":              { on: "POST /compute/services",                  who: "POW", proof: "signature", target: "cloud" },
  "update-service":              { on: "PATCH /compute/services/:service",        operation: "update",              who: "OPE", proof: "session",   target: "service" },
  "delete-service":              { on: "DELETE /compute/services/:service",       who: "POW", proof: "signature", target: "service" },
  "move-resource":               { on: "PATCH /compute/resources/:resource",      operation: "move",                who: "OPE", proof: "session",   target: "resource" },
  "update-tags":                 { on: "PATCH /compute/resources/:resource",      operation: "update_tags",         who: "OPE", proof: "session",   target: "resource" },
  "update-resource":             { on: "PATCH /compute/resources/:resource",      operation: "update",              who: "OPE", proof: "session",   target: "resource" },

  // Operations
  "cancel-action":               { on: "PATCH /actions/:action",                  operation: "cancel",              who: "member", proof: "session", target: "action" },

  // One's own account
  "add-security-key":            { on: "POST /me/security-keys",                  who: "member", proof: "signature", target: "self" },
  "rename-security-key":         { on: "PATCH /me/security-keys/:key",            operation: "rename",              who: "member", proof: "session",   target: "self" },
  "remove-security-key":         { on: "DELETE /me/security-keys/:key",           who: "member", proof: "signature", target: "self" },

  // People of one's organization
  "end-member-sessions":         { on: "DELETE /organization/people/:person/sessions", who: "security-representative", proof: "signature", target: "member" },

  "give-profile":                { on: "POST /organization/people/:person/profiles", who: "security-representative", proof: "signature", target: "member" },
  "change-profile":              { on: "PATCH /organization/people/:person/profiles/:cloud", operation: "change", who: "security-representative", proof: "signature", target: "member" },
  "end-profile":                 { on: "DELETE /organization/people/:person/profiles/:cloud", who: "security-representative", proof: "signature", target: "member" },
  "give-duty":                   { on: "POST /organization/people/:person/duties", who: "security-representative", proof: "signature", target: "member" },
  "end-duty":                    { on: "DELETE /organization/people/:person/duties/:duty", who: "security-representative", proof: "signature", target: "member" },
  "issue-enrolment":             { on: "POST /organization/people/:person/enrolments", who: "security-representative", proof: "signature", target: "member" },
  // The last representative of an organization has lost every key
  "ask-recovery":                { on: "POST /service-delivery/recoveries",       who: "service-delivery", proof: "signature", target: "organization" },
  "approve-recovery":            { on: "PATCH /service-delivery/recoveries/:recovery", operation: "approve", who: "service-delivery", proof: "signature", target: "organization" },
  "cancel-recovery":             { on: "DELETE /organization/recoveries/:recovery", who: "security-representative", proof: "none", target: "organization" },
  // API accounts of one's organization
  "create-api-account":          { on: "POST /organization/api-accounts",         who: "security-representative", proof: "signature", target: "organization" },
  "update-api-account":          { on: `PATCH ${account}`,                         operation: "update",              who: "security-representative", proof: "signature", target: "member" },
  "suspend-api-account":         { on: `PATCH ${account}`,                         operation: "suspend",             who: "security-representative", proof: "signature", target: "member" },
  "resume-api-account":          { on: `PATCH ${account}`,                         operation: "resume",              who: "security-representative", proof: "signature", target: "member" },
  "end-api-account":             { on: `DELETE ${account}`,                        who: "security-representative", proof: "signature", target: "member" },
  "add-api-credential":          { on: `POST ${account}/credentials`,              who: "security-representative", proof: "signature", target: "member" },
  "add-api-keys":                { on: `POST ${account}/keys`,                     who: "security-representative", proof: "signature", target: "member" },
  "remove-api-credential":       { on: `DELETE ${account}/credentials/:credential`, who: "security-representative", proof: "signature", target: "member" },
  "give-secret-exception":       { on: `POST ${account}/exception`,                who: "security-representative", proof: "signature", target: "member" },
  "end-secret-exception":        { on: `DELETE ${account}/exception`,              who: "security-representative", proof: "signature", target: "member" },
  "change-credential-days":      { on: "PATCH /organization",                     operation: "change_credential_days", who: "security-representative", proof: "signature", target: "organization" },
  "renew-activation":            { on: "POST /organization/people/:person/activation", who: "security-representative", proof: "signature", target: "member" },
  "suspend-person":              { on: "PATCH /organization/people/:person",      operation: "suspend",             who: "security-representative", proof: "signature", target: "member" },
  "resume-person":               { on: "PATCH /organization/people/:person",      operation: "resume",              who: "security-representative", proof: "signature", target: "member" },
  "end-person":                  { on: "DELETE /organization/people/:person",     who: "security-representative", proof: "signature", target: "member" },

  // Clouds and organizations
  "suspend-cloud":               { on: "PATCH /organization/clouds/:cloud",       operation: "suspend",             who: "security-representative", proof: "signature", target: "own-cloud" },
  "resume-cloud":                { on: "PATCH /organization/clouds/:cloud",       operation: "resume",              who: "security-representative", proof: "signature", target: "own-cloud" },
  "end-cloud":                   { on: "DELETE /organization/clouds/:cloud",      who: "security-representative", proof: "signature", target: "own-cloud" },
  "suspend-organization":        { on: "PATCH /organizations/:organization",      operation: "suspend",             who: "service-delivery", proof: "signature", target: "customer" },
  "resume-organization":         { on: "PATCH /organizations/:organization",      operation: "resume",              who: "service-delivery", proof: "signature", target: "customer" },
  "end-organization":            { on: "DELETE /organizations/:organization",     who: "service-delivery", proof: "signature", target: "customer" },

  // How much a Cloud may have
  "set-quotas":                  { on: "PATCH /organizations/:organization/clouds/:cloud", operation: "set_quotas", who: "service-delivery", proof: "signature", target: "customer" },
  // Everything that one's organization has, as a file
  "export-organization":         { on: "POST /organization/exports",              who: "security-representative", proof: "signature", target: "organization" },
  "read-export":                 { on: "GET /organization/exports/:export",       who: "security-representative", proof: "none", target: "organization" },
  // What is decided after a region was brought back to an earlier moment
  "list-restorations":           { on: "GET /organization/restorations",          who: "security-representative", proof: "none", target: "none" },
  "settle-restoration":          { on: "PATCH /organization/restorations/:region", operation: "settle",             who: "security-representative", proof: "signature", target: "organization" },

  // Accounts on request
  "request-account":             { on: "POST /organization/requests",             who: "security-representative", proof: "signature", target: "organization" },
  "request-organization":        { on: "POST /requests/organizations",            who: "service-delivery", proof: "signature", target: "organization" },
  "withdraw-request":            { on: "PATCH /requests/:request",                operation: "withdraw",            who: "security-representative", proof: "session",   target: "request" },
  "accept-request":              { on: "PATCH /requests/:request",                operation: "accept",              who: "service-delivery", proof: "signature", target: "request" },
  "refuse-request":              { on: "PATCH /requests/:request",                operation: "refuse",              who: "service-delivery", proof: "signature", target: "request" },

  // Reading
  "list-api-accounts":           { on: "GET /organization/api-accounts",          who: "security-representative", proof: "none", target: "none" },
  "read-api-account":            { on: `GET ${account}`,                           who: "security-representative", proof: "none", target: "member" },
  "read-health":                 { on: "GET /health",                             who: "anyone", proof: "none", target: "none" },
  "read-me":                     { on: "GET /me",                                 who: "member", proof: "none", target: "none" },
  "list-resources":              { on: "GET /compute/resources",                  who: "member", proof: "none", target: "none" },
  "read-resource":               { on: "GET /compute/resources/:resource",        who: "STD", proof: "none", target: "resource" },
  "list-resource-tags":          { on: "GET /compute/resources/:resource/tags",   who: "STD", proof: "none", target: "resource" },
  "list-instances":              { on: "GET /compute/instances",                  who: "member", proof: "none", target: "none" },
  "read-instance":               { on: `GET ${instance}`,                          who: "STD", proof: "none", target: "resource", category: "INSTANCE" },
  "read-instance-storage":       { on: `GET ${instance}/storage`,                  who: "STD", proof: "none", target: "resource", category: "INSTANCE" },
  "read-instance-networks":      { on: `GET ${instance}/networks`,                 who: "STD", proof: "none", target: "resource", category: "INSTANCE" },
  "read-chart":                  { on: "GET /monitoring/resources/:resource/chart", who: "STD", proof: "none", target: "resource" },
  "read-history":                { on: "GET /compute/resources/:resource/history", who: "STD", proof: "none", target: "resource" },
  "list-snapshots":              { on: `GET ${instance}/snapshots`,                who: "STD", proof: "none", target: "resource", category: "INSTANCE" },
  "list-lb":                     { on: "GET /networking/loadbalancers",           who: "member", proof: "none", target: "none" },
  "read-lb":                     { on: `GET ${balancer}`,                          who: "STD", proof: "none", target: "resource", category: "LOAD_BALANCER" },
  "list-lb-members":             { on: `GET ${balancer}/members`,                  who: "STD", proof: "none", target: "resource", category: "LOAD_BALANCER" },
  "list-dns-lb":                 { on: `GET ${balancer}/dns`,                      who: "STD", proof: "none", target: "resource", category: "LOAD_BALANCER" },
  "list-dns":                    { on: `GET ${instance}/dns`,                      who: "STD", proof: "none", target: "resource", category: "INSTANCE" },
  "list-domains":                { on: "GET /networking/domains",                 who: "member", proof: "none", target: "none" },
  "list-services":               { on: "GET /compute/services",                   who: "member", proof: "none", target: "none" },
  "read-service":                { on: "GET /compute/services/:service",          who: "STD", proof: "none", target: "service" },
  "list-tag-keys":               { on: "GET /compute/tag-keys",                   who: "member", proof: "none", target: "none" },
  "list-tag-values":             { on: "GET /compute/tag-values",                 who: "member", proof: "none", target: "none" },
  "list-statuses":               { on: "GET /compute/statuses",                   who: "member", proof: "none", target: "none" },
  "list-environments":           { on: "GET /compute/environments",               who: "member", proof: "none", target: "none" },
  "list-types":                  { on: "GET /compute/types",                      who: "member", proof: "none", target: "none" },
  "list-products":               { on: "GET /compute/products",                   who: "member", proof: "none", target: "none" },
  "list-sizings":                { on: "GET /compute/sizings",                    who: "member", proof: "none", target: "none" },
  "list-backup-policies":        { on: "GET /compute/backup-policies",            who: "member", proof: "none", target: "none" },
  "list-networks":               { on: "GET /networking/networks",                who: "member", proof: "none", target: "none" },
  "read-topology":               { on: "GET /topology",                           who: "member", proof: "none", target: "none" },
  "list-actions":                { on: "GET /actions",                            who: "member", proof: "none", target: "none" },
  "read-action":                 { on: "GET /actions/:action",                    who: "STD", proof: "none", target: "action" },
  "list-people":                 { on: "GET /organization/people",                who: "security-representative", proof: "none", target: "none" },
  "read-person":                 { on: "GET /organization/people/:person",        who: "security-representative", proof: "none", target: "member" },
  "review-access":               { on: "GET /organization/access",                who: "security-representative", proof: "none", target: "none" },
  "export-access":               { on: "GET /organization/access/export",         who: "security-representative", proof: "none", target: "none" },
  "list-recoveries":             { on: "GET /organization/recoveries",            who: "member", proof: "none", target: "none" },
  "list-my-profiles":            { on: "GET /me/profiles",                        who: "member", proof: "none", target: "none" },
  "list-my-sessions":            { on: "GET /me/sessions",                        who: "member", proof: "none", target: "none" },
  "end-my-session":              { on: "DELETE /me/sessions/:session",            who: "member", proof: "none", target: "none" },
  "end-my-other-sessions":       { on: "DELETE /me/sessions",                     who: "member", proof: "none", target: "none" },
  "list-my-security-keys":       { on: "GET /me/security-keys",                   who: "member", proof: "none", target: "none" },
  "list-clouds":                 { on: "GET /organization/clouds",                who: "security-representative", proof: "none", target: "none" },
  "list-organizations":          { on: "GET /organizations",                      who: "service-delivery", proof: "none", target: "none" },
  "list-quotas":                 { on: "GET /quotas",                             who: "member", proof: "none", target: "none" },
  "list-customer-quotas":        { on: "GET /organizations/:organization/quotas", who: "service-delivery", proof: "none", target: "customer" },
  "list-requests":               { on: "GET /requests",                           who: "member", proof: "none", target: "none" },
  "read-request":                { on: "GET /requests/:request",                  who: "member", proof: "none", target: "request" },
  "read-log":                    { on: "GET /log",                                who: "member", proof: "none", target: "organization" },
  "read-log-entry":              { on: "GET /log/entries/:entry",                 who: "member", proof: "none", target: "organization" },
  "read-log-head":               { on: "GET /log/head",                           who: "member", proof: "none", target: "organization" },
  "export-log":                  { on: "GET /log/export",                         who: "security-representative", proof: "none", target: "organization" },
  "follow-log":                  { on: "GET /log/live",                           who: "member", proof: "none", target: "organization" },
} as const satisfies Record<string, ActionRow>;

export type Label = keyof typeof actions;
export const labels = Object.keys(actions) as Label[];

/** Labels whose handler comes later: 501 `not_available_yet` to those who may, 403 to those who may not. This list may only shrink. */
// oxfmt-ignore
export const pending = [
  "create-maintenance", "delete-maintenance",
  "create-indicator", "update-indicator", "delete-indicator", "subscribe-vortext",
  "create-object-stores", "update-object-stores", "delete-object-stores",
  "create-user-objectstores", "update-user-objectstores", "delete-user-objectstores",
  "create-cluster", "delete-cluster", "create-cluster-namespace", "delete-cluster-namespace", "create-cluster-nodes", "delete-cluster-nodes",
] as const satisfies Label[];
export type PendingLabel = (typeof pending)[number];

/** Products that the API knows and that are ordered by a request, not created here: 501 `not_offered` to those who may. */
// oxfmt-ignore
export const notOffered = [
  "create-opensearch", "create-postgresql", "create-mariadb", "create-redis", "create-sqlserver",
  "create-rabbitmq", "create-apache-kafka", "create-glusterfs", "create-overdrive", "create-matomo",
] as const satisfies Label[];
export type NotOfferedLabel = (typeof notOffered)[number];

export type HandledLabel = Exclude<Label, PendingLabel | NotOfferedLabel>;

export function rowOf(label: Label): ActionRow {
  return actions[label];
}

export function methodOf(label: Label): Method {
  return actions[label].on.split(" ")[0] as Method;
}

/** The path under /itcare, with `:name` for its parameters. */
export function pathOf(label: Label): string {
  return actions[label].on.split(" ")[1]!;
}

/** True for every act that changes something: what is audited, and what Idempotency-Key, If-Match and ITCare-DryRun speak about. */
export function isWrite(label: Label): boolean {
  return methodOf(label) !== "GET";
}

/** True for acts that ask for a proof: their refusals are recorded in the log. */
export function isPrivilegedAct(label: Label): boolean {
  return actions[label].proof !== "none";
}

/** Every act on a PRODUCTION resource is signed, whatever its row says (design: "Proofs"). */
export function proofFor(label: Label, environment: string | null): Proof {
  const { proof } = actions[label];
  return proof === "session" && environment === "PRODUCTION" ? "signature" : proof;
}

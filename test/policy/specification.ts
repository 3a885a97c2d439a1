/**
 * The privilege matrix of the specification, copied by hand and by eye, line for line. It is independent of the product's table on purpose: a wrong
 * row there would agree with everything derived from it. 'MNT' is the source's own word for the Maintenance profile, DTM.
 */
export const specification: Record<string, Record<string, "MNT" | "OPE" | "POW">> = {
  Instances: {
    "create-instance": "POW",
    "start-instance": "OPE",
    "stop-instance": "OPE",
    "reset-instance": "OPE",
    "resize-compute-instance": "OPE",
    "delete-instance": "POW",
  },
  "Instance monitoring": { "enable-monitoring-instance": "OPE", "disable-monitoring-instance": "OPE" },
  "Snapshots of instances": { "create-snapshot": "MNT", "recover-snapshot": "MNT", "delete-snapshot": "MNT" },
  "DNS aliases of instances": { "create-dns": "OPE", "delete-dns": "OPE" },
  "Load balancers": { "create-lb": "POW", "start-lb": "OPE", "stop-lb": "OPE", "delete-lb": "POW" },
  "Monitoring of load balancers": { "enable-monitoring-lb": "OPE", "disable-monitoring-lb": "OPE" },
  "Load balancer management": { "add-member-lb": "OPE", "delete-member-lb": "OPE", "update-member-state": "OPE" },
  "DNS aliases of load balancers": { "create-dns-lb": "OPE", "delete-dns-lb": "OPE" },
  Maintenances: { "create-maintenance": "MNT", "delete-maintenance": "MNT" },
  Indicators: { "create-indicator": "POW", "update-indicator": "POW", "delete-indicator": "POW" },
  SMS: { "subscribe-vortext": "POW" },
  "Object stores": { "create-object-stores": "POW", "update-object-stores": "OPE", "delete-object-stores": "POW" },
  "Object store users": { "create-user-objectstores": "POW", "update-user-objectstores": "POW", "delete-user-objectstores": "POW" },
  "Kubernetes clusters": {
    "create-cluster": "POW",
    "create-cluster-namespace": "OPE",
    "delete-cluster-namespace": "OPE",
    "create-cluster-nodes": "POW",
    "delete-cluster-nodes": "POW",
  },
};

/** Which profile holds which role, and for which roles MFA must be configured: the specification's two tables. */
export const profileRoles: Record<string, string[]> = {
  STD: ["See resources"],
  DTM: ["See resources", "Manage maintenances"],
  OPE: ["See resources", "Manage maintenances", "Modify resources"],
  POW: ["See resources", "Manage maintenances", "Modify resources", "Manage resources"],
};
export const mfaMandatory: Record<string, boolean> = {
  "See resources": false,
  "Manage maintenances": true,
  "Modify resources": true,
  "Manage resources": true,
};

/** Availability zone, who may use it, data center, and the data center's region: the specification's two tables. */
export const availabilityZones: [zone: string, whoMay: "client" | "group", dataCenter: string, region: string][] = [
  ["EB-HDS-A", "client", "EB4", "EB"],
  ["EB-HDS-B", "client", "EB4", "EB"],
  ["EB-HDS-C", "client", "EB5", "EB"],
  ["EB-A", "group", "EB4", "EB"],
  ["EB-B", "group", "EB4", "EB"],
  ["EB-C", "group", "EB5", "EB"],
  ["ET-HDS-A", "client", "ET1", "ET"],
  ["ET-HDS-B", "client", "ET1", "ET"],
  ["ET-A", "group", "ET1", "ET"],
  ["ET-B", "group", "ET1", "ET"],
];

/**
 * What each act asks for beside the profile, by hand from the design's section "Proofs": every create, everything that destroys or rolls back and every
 * change of somebody's rights is signed; what is routine and can be taken back asks for the key's use in the session. PRODUCTION is not written here:
 * there each `session` is a `signature`.
 */
export const proofs: Record<string, "session" | "signature"> = {
  "create-instance": "signature",
  "start-instance": "session",
  "stop-instance": "session",
  "reset-instance": "session",
  "resize-compute-instance": "session",
  "delete-instance": "signature",
  "enable-monitoring-instance": "session",
  "disable-monitoring-instance": "session",
  "create-snapshot": "signature",
  "recover-snapshot": "signature",
  "delete-snapshot": "signature",
  "create-dns": "signature",
  "delete-dns": "signature",
  "create-lb": "signature",
  "start-lb": "session",
  "stop-lb": "session",
  "delete-lb": "signature",
  "enable-monitoring-lb": "session",
  "disable-monitoring-lb": "session",
  "add-member-lb": "session",
  "delete-member-lb": "signature",
  "update-member-state": "session",
  "create-dns-lb": "signature",
  "delete-dns-lb": "signature",
};

/** What somebody holds for an organization; whoever does not is told so. */
export type Duty = "representative" | "service-delivery";

/**
 * What the product adds to the 41 labels: who may, with which proof, and whether it is about something of one Cloud, which whoever holds nothing on that
 * Cloud is told is not there. By hand, from the specification ("See resources": read only, for every profile) and the issues.
 */
export const additions: Record<
  string,
  {
    who: "anyone" | "member" | "STD" | "MNT" | "OPE" | "POW" | Duty;
    proof?: "session" | "signature";
    /** `nothing`: what comes into being. `customers`: an organization, which Service Delivery alone knows. `requests`: of one's own organization, for who may ask, and of every one for Service Delivery. `people`: of one's own organization, whatever the Cloud. */
    about?: "mine" | "people" | "requests" | "customers" | "nothing";
    /** What every program is answered with, where the thing is a person's alone. */
    programs?: string;
  }
> = {
  // Who may ask for the act may take it back, with the same proof; the tests cancel a stop.
  "cancel-action": { who: "OPE", proof: "session" },
  // Issue "services and tags": making and deleting is Power's, changing and moving Operator's; a Service gives nobody a right and takes none away.
  "create-service": { who: "POW", proof: "signature" },
  "update-service": { who: "OPE", proof: "session" },
  "delete-service": { who: "POW", proof: "signature" },
  "move-resource": { who: "OPE", proof: "session" },
  "update-tags": { who: "OPE", proof: "session" },
  "update-resource": { who: "OPE", proof: "session" },
  "list-resource-tags": { who: "STD" },
  // Whoever may ask for each of its acts; the tests plan two snapshots.
  "run-plan": { who: "MNT", proof: "signature" },
  "read-health": { who: "anyone" },
  "read-me": { who: "member" },
  "list-resources": { who: "member" },
  "read-resource": { who: "STD" },
  "list-instances": { who: "member" },
  "read-instance": { who: "STD" },
  "read-instance-storage": { who: "STD" },
  "read-instance-networks": { who: "STD" },
  "list-snapshots": { who: "STD" },
  "list-dns": { who: "STD" },
  "list-dns-lb": { who: "STD" },
  "list-domains": { who: "member" },
  "read-chart": { who: "STD" },
  "read-history": { who: "STD" },
  "add-url-lb": { who: "OPE", proof: "signature" },
  "delete-url-lb": { who: "OPE", proof: "signature" },
  "list-lb": { who: "member" },
  "read-lb": { who: "STD" },
  "list-lb-members": { who: "STD" },
  "list-services": { who: "member" },
  "read-service": { who: "STD" },
  "list-tag-keys": { who: "member" },
  "list-tag-values": { who: "member" },
  "list-statuses": { who: "member" },
  "list-environments": { who: "member" },
  "list-types": { who: "member" },
  "list-products": { who: "member" },
  "list-sizings": { who: "member" },
  "list-backup-policies": { who: "member" },
  "list-networks": { who: "member" },
  "read-topology": { who: "member" },
  "list-actions": { who: "member" },
  "read-action": { who: "STD" },
  "list-my-sessions": { who: "member" },
  "end-my-session": { who: "member", about: "mine", programs: "404 NOT_FOUND" },
  "end-my-other-sessions": { who: "member" },
  "list-my-security-keys": { who: "member" },
  // Issue "people": adding or removing a key needs one that is there, whatever the profile.
  "add-security-key": { who: "member", proof: "signature", about: "mine", programs: "404 NOT_FOUND" },
  "rename-security-key": { who: "member", proof: "session", about: "mine", programs: "404 NOT_FOUND" },
  "remove-security-key": { who: "member", proof: "signature", about: "mine", programs: "404 NOT_FOUND" },
  // Issue "people": only the security representative, signed, and nobody's in another organization.
  "end-member-sessions": { who: "representative", proof: "signature", about: "people" },
  "give-profile": { who: "representative", proof: "signature", about: "people" },
  "change-profile": { who: "representative", proof: "signature", about: "people" },
  "end-profile": { who: "representative", proof: "signature", about: "people" },
  "give-duty": { who: "representative", proof: "signature", about: "people" },
  "end-duty": { who: "representative", proof: "signature", about: "people" },
  "issue-enrolment": { who: "representative", proof: "signature", about: "people" },
  "ask-recovery": { who: "service-delivery", proof: "signature", about: "mine" },
  "approve-recovery": { who: "service-delivery", proof: "signature", about: "mine" },
  // Whoever objects may be the very one who has no key; nobody can harm by it.
  "cancel-recovery": { who: "representative", about: "mine" },
  "list-people": { who: "representative" },
  "read-person": { who: "representative", about: "people" },
  "list-recoveries": { who: "member" },
  "list-my-profiles": { who: "member" },
  // API accounts are created, widened, narrowed, rotated and ended by the security representative alone.
  "create-api-account": { who: "representative", proof: "signature", about: "mine" },
  "update-api-account": { who: "representative", proof: "signature", about: "people" },
  "end-api-account": { who: "representative", proof: "signature", about: "people" },
  "add-api-credential": { who: "representative", proof: "signature", about: "people" },
  "add-api-keys": { who: "representative", proof: "signature", about: "people" },
  "remove-api-credential": { who: "representative", proof: "signature", about: "people" },
  // Design "Proofs": that a secret acts all the same is a signed exception; it may be of 'session' acts alone, never of what is signed.
  "give-secret-exception": { who: "representative", proof: "signature", about: "people" },
  "end-secret-exception": { who: "representative", proof: "signature", about: "people" },
  // A change that lowers what a later act asks for is signed.
  "suspend-api-account": { who: "representative", proof: "signature", about: "people" },
  "resume-api-account": { who: "representative", proof: "signature", about: "people" },
  "change-credential-days": { who: "representative", proof: "signature" },
  // Issue "people": who holds what, since when, by whom, last used; as page and file.
  "review-access": { who: "representative" },
  "export-access": { who: "representative" },
  "list-api-accounts": { who: "representative" },
  "read-api-account": { who: "representative", about: "people" },
  // Issue "people": a person's and a Cloud's standing is the representative's, an organization's Service Delivery's. Each is signed.
  "renew-activation": { who: "representative", proof: "signature", about: "people" },
  "suspend-person": { who: "representative", proof: "signature", about: "people" },
  "resume-person": { who: "representative", proof: "signature", about: "people" },
  "end-person": { who: "representative", proof: "signature", about: "people" },
  "suspend-cloud": { who: "representative", proof: "signature", about: "people" },
  "resume-cloud": { who: "representative", proof: "signature", about: "people" },
  "end-cloud": { who: "representative", proof: "signature", about: "people" },
  "list-clouds": { who: "representative" },
  "suspend-organization": { who: "service-delivery", proof: "signature", about: "customers" },
  "resume-organization": { who: "service-delivery", proof: "signature", about: "customers" },
  "end-organization": { who: "service-delivery", proof: "signature", about: "customers" },
  "list-organizations": { who: "service-delivery" },
  // Issue "people", staying in bounds: quotas are Service Delivery's to set, signed, and everybody's to see where they see the Cloud.
  "set-quotas": { who: "service-delivery", proof: "signature", about: "customers" },
  "list-customer-quotas": { who: "service-delivery", about: "customers" },
  "list-quotas": { who: "member" },
  // Issue "people": everything of one's organization is its security representative's to take away, signed.
  "export-organization": { who: "representative", proof: "signature", about: "nothing" },
  "read-export": { who: "representative", about: "mine" },
  // Issue "people": what the log knows more than restored facts is shown, and somebody decides; it stands in the organization's log.
  "list-restorations": { who: "representative" },
  "settle-restoration": { who: "representative", proof: "signature", about: "mine" },
  // itcare.md "Accounts": the security representative asks for an account, Service Delivery handles it. Each is signed; taking back is not.
  "request-account": { who: "representative", proof: "signature", about: "nothing" },
  "request-organization": { who: "service-delivery", proof: "signature", about: "nothing" },
  "withdraw-request": { who: "representative", proof: "session", about: "requests" },
  "accept-request": { who: "service-delivery", proof: "signature", about: "requests" },
  "refuse-request": { who: "service-delivery", proof: "signature", about: "requests" },
  "list-requests": { who: "member" },
  "read-request": { who: "member", about: "requests" },
  "read-log": { who: "member" },
  "read-log-entry": { who: "member" },
  "read-log-head": { who: "member" },
  "export-log": { who: "representative" },
  "follow-log": { who: "member", programs: "403 PERSON_REQUIRED" },
};

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

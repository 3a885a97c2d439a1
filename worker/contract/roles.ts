/** Roles and profiles, as the specification's section "Roles, profiles, users" has them. */

export const roles = {
  "See resources": { mfa: false },
  "Manage maintenances": { mfa: true },
  "Modify resources": { mfa: true },
  "Manage resources": { mfa: true },
} as const;
export type Role = keyof typeof roles;

/** From the lowest to the highest; each holds all that the ones before it hold. */
export const profiles = {
  STD: { name: "Standard", roles: ["See resources"] },
  DTM: { name: "Maintenance", roles: ["See resources", "Manage maintenances"] },
  OPE: { name: "Operator", roles: ["See resources", "Manage maintenances", "Modify resources"] },
  POW: { name: "Power", roles: ["See resources", "Manage maintenances", "Modify resources", "Manage resources"] },
} as const satisfies Record<string, { name: string; roles: readonly Role[] }>;
export type Profile = keyof typeof profiles;

/** What a person holds for an organization rather than on a Cloud. */
export const duties = {
  "security-representative": { name: "Security representative" },
  "service-delivery": { name: "Service Delivery" },
} as const;
export type Duty = keyof typeof duties;

const order = Object.keys(profiles) as Profile[];

export const profileList: readonly Profile[] = order;

export function isProfile(text: string): text is Profile {
  return text in profiles;
}

export function atLeast(held: Profile, needed: Profile): boolean {
  return order.indexOf(held) >= order.indexOf(needed);
}

/** True for every profile that holds a role for which MFA must be configured. */
export function isPrivileged(profile: Profile): boolean {
  return profiles[profile].roles.some((role) => roles[role].mfa);
}

/** The role that a profile adds to the ones before it: what its acts are called when they are refused. */
export function roleOf(profile: Profile): Role {
  return profiles[profile].roles[profiles[profile].roles.length - 1]!;
}

/** The demo's organizations: two customers and one of the group. Everybody and everything here is invented. */
import type { Duty, Profile } from "../../worker/contract/roles.ts";
import type { Environment } from "../../worker/contract/resource-types.ts";
import type { OrganizationKind } from "../../worker/contract/topology.ts";

export interface SeedCloud {
  name: string;
  /** What the names of its resources begin with. */
  prefix: string;
  services: readonly { application: string; environment: Environment; team: string; description?: string }[];
}

export interface SeedPerson {
  /** The first name in lower case: what tests call them. */
  key: string;
  name: string;
  /** By Cloud name; a Cloud that is not named: no profile there, and nothing to be seen. */
  profiles: Readonly<Record<string, Profile>>;
  duty?: Duty;
  /** Gets a one-time activation link rather than a password: chooses one and enrols a security key in one ceremony. */
  invited?: true;
  locale?: "fr";
}

export interface SeedOrganization {
  id: number;
  name: string;
  kind: OrganizationKind;
  /** Of the e-mail addresses; `example` belongs to nobody (RFC 2606). */
  domain: string;
  /** What its API accounts are called: cgdm-sa-<slug>-reader has a secret and reads, cgdm-sa-<slug>-runner has a key and acts. */
  slug: string;
  clouds: readonly SeedCloud[];
  people: readonly SeedPerson[];
}

const on = (clouds: readonly string[], profile: Profile): Record<string, Profile> => Object.fromEntries(clouds.map((cloud) => [cloud, profile]));

const asclepia = ["Asclepia Care", "Asclepia Research"];
const borealis = ["Borealis", "Borealis Labs"];
const meridian = ["Meridian", "Meridian Shared"];

// oxfmt-ignore
export const company: readonly SeedOrganization[] = [
  {
    id: 1, name: "Asclepia", kind: "customer", domain: "asclepia.example", slug: "asclepia",
    clouds: [
      { name: "Asclepia Care", prefix: "asc", services: [
        { application: "PATIENT PORTAL", environment: "PRODUCTION",    team: "portal", description: "Where patients see their results and write to their doctors." },
        { application: "PATIENT PORTAL", environment: "PREPRODUCTION", team: "portal", description: "The next release of the portal, two weeks before patients get it." },
        { application: "APPOINTMENTS",   environment: "PRODUCTION",    team: "appointments", description: "Booking for forty practices; reminders by text message." },
        { application: "APPOINTMENTS",   environment: "QA",            team: "appointments", description: "Acceptance of the booking by the practices' own people." },
        { application: "IMAGING",        environment: "TEST",          team: "imaging", description: "Réception et archivage des images ; données fictives uniquement." },
        { application: "IMAGING",        environment: "DEVELOPMENT",   team: "imaging", description: "Atelier de l’équipe imagerie. Rien n’y est conservé plus d’un mois." },
      ] },
      { name: "Asclepia Research", prefix: "asr", services: [
        { application: "CLINICAL TRIALS", environment: "PRODUCTION",   team: "trials", description: "Case report forms of the running trials. Changes only with a change reference." },
        { application: "CLINICAL TRIALS", environment: "QA",           team: "trials", description: "Validation of the forms before a trial opens." },
        { application: "GENOMICS",        environment: "DEVELOPMENT",  team: "genomics", description: "Pipelines under construction; machines come and go." },
      ] },
    ],
    people: [
      { key: "stan",  name: "Stan Lindqvist", profiles: on(asclepia, "STD") },
      { key: "mona",  name: "Mona Petit",     profiles: on(asclepia, "DTM"), locale: "fr" },
      { key: "odile", name: "Odile Renaud",   profiles: { "Asclepia Care": "OPE", "Asclepia Research": "STD" }, invited: true },
      { key: "paul",  name: "Paul Okafor",    profiles: on(asclepia, "POW"), invited: true },
      { key: "sybil", name: "Sybil Martin",   profiles: on(asclepia, "STD"), duty: "security-representative", invited: true },
      { key: "nora",  name: "Nora Weiss",     profiles: { "Asclepia Care": "POW" } },
      { key: "rita",  name: "Rita Blanc",     profiles: { "Asclepia Research": "OPE" }, locale: "fr" },
    ],
  },
  {
    id: 2, name: "Borealis Assurance", kind: "customer", domain: "borealis.example", slug: "borealis",
    clouds: [
      { name: "Borealis", prefix: "bor", services: [
        { application: "CLAIMS",   environment: "PRODUCTION",    team: "claims", description: "Claims from the agencies and from the web, and what is paid." },
        { application: "CLAIMS",   environment: "PREPRODUCTION", team: "claims", description: "The month's release of the claims, with last night's copy made anonymous." },
        { application: "POLICIES", environment: "PRODUCTION",    team: "policies", description: "All policies in force." },
        { application: "POLICIES", environment: "TEST",          team: "policies", description: "Automated tests of the policies, rebuilt every night." },
      ] },
      { name: "Borealis Labs", prefix: "bol", services: [
        { application: "PRICING",         environment: "QA",          team: "actuaries", description: "Tariffs that the actuaries compare before they are filed." },
        { application: "FRAUD DETECTION", environment: "DEVELOPMENT", team: "fraud", description: "Models in training; no customer data." },
      ] },
    ],
    people: [
      { key: "sven",  name: "Sven Aalto",  profiles: on(borealis, "STD") },
      { key: "dora",  name: "Dora Nilsen", profiles: on(borealis, "DTM") },
      { key: "otto",  name: "Otto Berg",   profiles: on(borealis, "OPE") },
      { key: "boris", name: "Boris Stern", profiles: on(borealis, "POW") },
      { key: "bea",   name: "Bea Lund",    profiles: on(borealis, "STD"), duty: "security-representative" },
    ],
  },
  {
    id: 3, name: "Meridian Group", kind: "group", domain: "meridian.example", slug: "meridian",
    clouds: [
      { name: "Meridian", prefix: "mer", services: [
        { application: "PAYROLL",  environment: "PRODUCTION",    team: "payroll", description: "La paie du groupe, du 20 au dernier jour ouvré du mois sans intervention." },
        { application: "PAYROLL",  environment: "PREPRODUCTION", team: "payroll", description: "Répétition de la paie avec le mois précédent." },
        { application: "INTRANET", environment: "PRODUCTION",    team: "workplace", description: "News, directory and forms for everybody in the group." },
        { application: "INTRANET", environment: "TEST",          team: "workplace" },
      ] },
      { name: "Meridian Shared", prefix: "mes", services: [
        { application: "MONITORING",   environment: "PRODUCTION",  team: "platform", description: "What watches the platform itself." },
        { application: "CONTINUOUS INTEGRATION", environment: "DEVELOPMENT", team: "platform" },
        { application: "DIRECTORIES",  environment: "QA",          team: "identity", description: "Accounts and groups before they reach the real directories." },
      ] },
    ],
    people: [
      { key: "selma", name: "Selma Dahl",   profiles: on(meridian, "STD") },
      { key: "marc",  name: "Marc Fontaine", profiles: on(meridian, "DTM"), locale: "fr" },
      { key: "olga",  name: "Olga Novak",   profiles: on(meridian, "OPE") },
      { key: "greta", name: "Greta Mayer",  profiles: on(meridian, "POW"), invited: true },
      { key: "gwen",  name: "Gwen Hale",    profiles: on(meridian, "STD"), duty: "security-representative" },
      { key: "david", name: "David Roy",    profiles: on(meridian, "STD"), duty: "service-delivery", invited: true },
    ],
  },
];

/** CLOUD - APPLICATION - ENVIRONMENT, as the Services of real organizations are called. */
export function serviceName(cloud: SeedCloud, service: SeedCloud["services"][number]): string {
  return `${cloud.name.toUpperCase()} - ${service.application} - ${service.environment}`;
}

/** odile.renaud@asclepia.example */
export function emailOf(organization: SeedOrganization, person: SeedPerson): string {
  return `${person.name.toLowerCase().replace(" ", ".")}@${organization.domain}`;
}

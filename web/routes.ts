/** Which page stands at which address. Each is loaded when it is first opened. */
import type { Component } from "svelte";
import type { PageName } from "./paths.ts";

export interface PageProps {
  /** The address's parameters, as text. */
  params: Record<string, string>;
}

export interface Route {
  /** A page that needs no parameters takes none. */
  load: () => Promise<{ default: Component<PageProps> | Component }>;
  /** `console`: with rail and top bar, signed in. `bare`: before there is a session. */
  frame: "console" | "bare";
}

export const routes: Record<PageName, Route> = {
  signIn: { frame: "bare", load: () => import("./pages/sign-in/SignInPage.svelte") },
  activation: { frame: "bare", load: () => import("./pages/activation/ActivationPage.svelte") },
  enrolment: { frame: "bare", load: () => import("./pages/enrolment/EnrolmentPage.svelte") },
  forgotPassword: { frame: "bare", load: () => import("./pages/password/ForgotPage.svelte") },
  resetPassword: { frame: "bare", load: () => import("./pages/password/ResetPage.svelte") },
  mailbox: { frame: "bare", load: () => import("./pages/mailbox/MailboxPage.svelte") },
  resources: { frame: "console", load: () => import("./pages/resources/ResourcesPage.svelte") },
  createInstance: { frame: "console", load: () => import("./pages/create-instance/CreateInstancePage.svelte") },
  instance: { frame: "console", load: () => import("./pages/instance/InstancePage.svelte") },
  balancers: { frame: "console", load: () => import("./pages/balancers/BalancersPage.svelte") },
  createBalancer: { frame: "console", load: () => import("./pages/balancers/CreateBalancerPage.svelte") },
  balancer: { frame: "console", load: () => import("./pages/balancers/BalancerPage.svelte") },
  services: { frame: "console", load: () => import("./pages/service/ServicesPage.svelte") },
  service: { frame: "console", load: () => import("./pages/service/ServicePage.svelte") },
  topology: { frame: "console", load: () => import("./pages/topology/TopologyPage.svelte") },
  log: { frame: "console", load: () => import("./pages/log/LogPage.svelte") },
  people: { frame: "console", load: () => import("./pages/people/PeoplePage.svelte") },
  person: { frame: "console", load: () => import("./pages/people/PersonPage.svelte") },
  access: { frame: "console", load: () => import("./pages/access/AccessPage.svelte") },
  apiAccounts: { frame: "console", load: () => import("./pages/api-accounts/ApiAccountsPage.svelte") },
  apiAccount: { frame: "console", load: () => import("./pages/api-accounts/ApiAccountPage.svelte") },
  logEntry: { frame: "console", load: () => import("./pages/log/EntryPage.svelte") },
  requests: { frame: "console", load: () => import("./pages/requests/RequestsPage.svelte") },
  clouds: { frame: "console", load: () => import("./pages/standing/CloudsPage.svelte") },
  organizations: { frame: "console", load: () => import("./pages/standing/OrganizationsPage.svelte") },
  quotas: { frame: "console", load: () => import("./pages/quotas/QuotasPage.svelte") },
  account: { frame: "console", load: () => import("./pages/account/AccountPage.svelte") },
};

export * from "./organizations.ts";
export * from "./actors.ts";
export * from "./identity.ts";
export * from "./oauth.ts";
export * from "./outbox.ts";
export * from "./operations.ts";
export * from "./names.ts";
export * from "./mail.ts";

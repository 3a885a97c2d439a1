export * from "./copies.ts";
export * from "./resources.ts";
export * from "./operations.ts";
export * from "./snapshots.ts";
export * from "./balancers.ts";
export * from "./aliases.ts";
export * from "./restoration.ts";

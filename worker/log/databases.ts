/** The databases that have an outbox, by the name of their binding: what an entry's `source` says. */
export const databaseList = ["DIRECTORY", "REGION_EB", "REGION_ET"] as const;
export type OutboxDatabase = (typeof databaseList)[number];

import { applyD1Migrations, env } from "cloudflare:test";

await applyD1Migrations(env.DIRECTORY, env.DIRECTORY_MIGRATIONS);
await applyD1Migrations(env.REGION_EB, env.REGION_MIGRATIONS);
await applyD1Migrations(env.REGION_ET, env.REGION_MIGRATIONS);

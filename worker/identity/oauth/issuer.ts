/** Where the token server lives. The paths are those that existing clients have in their configuration. */
import type { Env } from "../../env.ts";

export const issuerOf = (env: Env): string => `${env.ORIGIN}/auth/realms/cloud`;
export const tokenEndpointOf = (env: Env): string => `${issuerOf(env)}/protocol/openid-connect/token`;

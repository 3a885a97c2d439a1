/** What the token server says about itself: OpenID Connect Discovery 1.0 and, the same document, RFC 8414. Only what works is in it. */
import type { Env } from "../../env.ts";
import { assertionAlgorithms } from "./client-assertion.ts";
import { dpopAlgorithms } from "./dpop.ts";
import { grantTypes } from "./grants.ts";
import { issuerOf, tokenEndpointOf } from "./issuer.ts";
import { scopes } from "./tokens.ts";

const authenticationMethods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/**
 * There is no authorization endpoint, hence no response type: the member is required and therefore there, empty. The two members about subjects and
 * ID tokens are required by OpenID Connect; no grant here ends in an ID token.
 */
export function serverMetadata(env: Env) {
  return {
    issuer: issuerOf(env),
    token_endpoint: tokenEndpointOf(env),
    jwks_uri: `${issuerOf(env)}/protocol/openid-connect/certs`,
    revocation_endpoint: `${issuerOf(env)}/protocol/openid-connect/revoke`,
    introspection_endpoint: `${tokenEndpointOf(env)}/introspect`,
    grant_types_supported: grantTypes,
    response_types_supported: [],
    scopes_supported: scopes,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    token_endpoint_auth_methods_supported: authenticationMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    revocation_endpoint_auth_methods_supported: authenticationMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: authenticationMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    dpop_signing_alg_values_supported: dpopAlgorithms,
  };
}

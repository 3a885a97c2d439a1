import type { OrganizationLog } from "./log/organization-log.ts";
import type { OrganizationPace } from "./pace/organization-pace.ts";
import type { SimulatedZone } from "./zones/simulated/zone.ts";
import type { ZoneController } from "./zones/controller.ts";

/** The bindings of wrangler.toml and the secrets; see there for what each holds. */
export interface Env {
  DIRECTORY: D1Database;
  REGION_EB: D1Database;
  REGION_ET: D1Database;
  ZONE_CONTROLLERS: DurableObjectNamespace<ZoneController>;
  SIMULATED_ZONES: DurableObjectNamespace<SimulatedZone>;
  ORGANIZATION_LOGS: DurableObjectNamespace<OrganizationLog>;
  ORGANIZATION_PACES: DurableObjectNamespace<OrganizationPace>;
  ASSETS: Fetcher;
  /** How many DNS queries a network may ask in a while. */
  DNS_QUERIES: RateLimit;
  /** How often accounts and organizations may ask (contract/rate-limits.ts); "off": without limits. */
  RATE_LIMITS?: string;
  /** The one origin that browsers use, for example https://itcare.example: the WebAuthn origin, the CSRF check and the OAuth issuer come from it. */
  ORIGIN: string;
  /** Where Durable Objects may run and keep what they know: the European Union. Absent on a local start alone, whose runtime knows no such thing. */
  JURISDICTION?: "eu";
  /** How mails leave: by Cloudflare's binding, by SMTP, or into the mailbox page of a local start. Absent: they wait. */
  MAIL?: "cloudflare" | "smtp" | "mailbox";
  /** Whom mails come from, `ITCare <no-reply@itcare.example>`; absent: no-reply at the origin's host. */
  MAIL_FROM?: string;
  /** Cloudflare's e-mail binding, for MAIL = "cloudflare". */
  EMAIL?: SendEmail;
  /** A secret, for MAIL = "smtp": smtps://user:password@host:465, or smtp:// for STARTTLS at 587. */
  SMTP_URL?: string;
  /** A secret, only while a region is brought back to an earlier moment: those of which nothing is asked, as "EB,ET". */
  HELD_REGIONS?: string;
  /** Factor on the durations of the embedded zone engine: "1" believable, "0" at once. */
  ZONE_PACE: string;
  /** 32 random bytes, base64url: the HMAC key over a password before it is hashed. */
  PASSWORD_PEPPER: string;
  /** The private ES256 key that signs access tokens, as a JWK in JSON with a `kid`. */
  OAUTH_SIGNING_KEY: string;
}

/**
 * DPoP (RFC 9449): a client shows with each request that it holds the key to which its access token is bound, so that a token that leaks is of no use
 * to whoever finds it. Every proof answers a nonce of ours, says what it is for, and is good once.
 */
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify, type JWTPayload } from "jose";
import { hashText, toBase64Url } from "../../contract/operation.ts";
import type { SpentProof } from "../../../db/directory/write/oauth.ts";
import type { Env } from "../../env.ts";
import { assertionAlgorithms } from "./client-assertion.ts";
import { BadProof } from "./errors.ts";

/** How old a proof may be, and how far ahead its client's clock, in seconds. */
const LASTS = 60;
const CLOCK_SKEW = 10;
/** A nonce is of one minute, and good for the four that follow: every answer brings the next one. In ms. */
const NONCE_PERIOD = 60_000;
const NONCE_PERIODS = 5;

export const dpopAlgorithms = assertionAlgorithms;

/**
 * The request's proof, verified but not yet spent; null when none came.
 * @param accessToken the token that comes with it; absent where one is asked for
 * @param now ms since 1970
 * @throws BadProof
 */
export async function readDpopProof(request: Request, accessToken: string | null, env: Env, now: number): Promise<SpentProof | null> {
  const proof = request.headers.get("dpop");
  if (proof === null) return null;
  const verified = await verify(proof, now).catch(() => null);
  if (!verified) throw new BadProof();
  const { jkt, claims } = verified;
  const { jti, iat, htm, htu, nonce, ath } = claims;
  if (typeof jti !== "string" || jti === "" || jti.length > 255) throw new BadProof();
  if (htm !== request.method || !isSameTarget(htu, request, env)) throw new BadProof();
  if (iat! * 1000 < now - LASTS * 1000 || iat! * 1000 > now + CLOCK_SKEW * 1000) throw new BadProof();
  if (accessToken !== null && ath !== (await hashText(accessToken))) throw new BadProof();
  if (typeof nonce !== "string" || !(await isNonce(nonce, env, now))) throw new BadProof("use_dpop_nonce");
  return { jkt, jti, expires: (iat! + LASTS + CLOCK_SKEW) * 1000 };
}

async function verify(proof: string, now: number): Promise<{ jkt: string; claims: JWTPayload }> {
  const header = decodeProtectedHeader(proof);
  // The proof brings its key, and nothing else that could choose one.
  if (["jku", "x5u", "x5c", "kid"].some((member) => member in header)) throw new Error("The header names another key.");
  const { payload } = await jwtVerify(proof, EmbeddedJWK, {
    algorithms: [...dpopAlgorithms],
    typ: "dpop+jwt",
    requiredClaims: ["jti", "htm", "htu", "iat"],
    currentDate: new Date(now),
  });
  return { jkt: await calculateJwkThumbprint(header.jwk!, "sha256"), claims: payload };
}

/** Query and fragment are not part of `htu` (section 4.3); our own name is the one that the client has, whatever stands before us. */
function isSameTarget(htu: unknown, request: Request, env: Env): boolean {
  if (typeof htu !== "string" || !URL.canParse(htu)) return false;
  const { origin, pathname } = new URL(htu);
  return origin === env.ORIGIN && pathname === new URL(request.url).pathname;
}

/** What the next proof must hold: nothing is kept of it, the time and our own mark on it say all. @param now ms since 1970 */
export async function dpopNonce(env: Env, now: number): Promise<string> {
  const period = Math.floor(now / NONCE_PERIOD);
  return `${period.toString(36)}.${toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", await nonceKey(env), bytesOf(period))))}`;
}

async function isNonce(nonce: string, env: Env, now: number): Promise<boolean> {
  const current = Math.floor(now / NONCE_PERIOD);
  const period = parseInt(nonce.split(".")[0]!, 36);
  if (!(period <= current && period > current - NONCE_PERIODS)) return false;
  return nonce === (await dpopNonce(env, period * NONCE_PERIOD));
}

const bytesOf = (period: number) => new TextEncoder().encode(`dpop-nonce ${period}`);

/** Of the deployment's own secret, for this purpose alone. */
async function nonceKey(env: Env): Promise<CryptoKey> {
  const secret = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`dpop-nonce ${env.OAUTH_SIGNING_KEY}`));
  return crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

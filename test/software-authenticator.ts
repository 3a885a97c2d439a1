/**
 * A security key in software, for tests in workerd and in plain Node alike: it answers ceremonies as a real one would, and every byte of its answer can
 * be changed before it is signed (so that nothing but the changed field is wrong) or after.
 */
import type { EnrolledKey } from "../db/directory/write/security-keys.ts";
import { base64url, bytes, concat, encodeCbor, random, sha256, type Cbor } from "./cbor.ts";

/** What of `PublicKeyCredentialCreationOptionsJSON` the key looks at. */
export interface CreationOptions {
  rp: { id?: string };
  user: { id: string };
  challenge: string;
}

/** What of `PublicKeyCredentialRequestOptionsJSON` the key looks at. */
export interface RequestOptions {
  rpId?: string;
  challenge: string;
}

export type Algorithm = -7 | -8 | -257;

export const flag = { up: 0x01, uv: 0x04, be: 0x08, bs: 0x10, at: 0x40, ed: 0x80 };

/** Changes made before signing. */
export interface Changes {
  /** Members of the client data, added or replaced; `undefined` removes one. */
  clientData?: Record<string, unknown>;
  /** The client data as bytes, in place of the JSON. */
  clientDataBytes?: (bytes: Uint8Array) => Uint8Array;
  rpIdHash?: Uint8Array;
  flags?: (flags: number) => number;
  counter?: number;
  /** Extension outputs, CBOR-encoded behind the rest; sets the flag. */
  extensions?: Map<string, Cbor>;
  /** The authenticator data as a whole. */
  authenticatorData?: (bytes: Uint8Array) => Uint8Array;
}

export interface CreationChanges extends Changes {
  credentialId?: Uint8Array;
  /** The COSE key that is attested in place of the real one. */
  publicKey?: (key: Map<number, Cbor>) => Map<number, Cbor>;
  format?: string;
  statement?: Map<string, Cbor>;
  attestationObject?: (bytes: Uint8Array) => Uint8Array;
  /** Outside of what is attested. */
  id?: string;
  rawId?: string;
  transports?: string[];
}

export interface AssertionChanges extends Changes {
  id?: string;
  userHandle?: string | null;
  signature?: (bytes: Uint8Array) => Uint8Array;
}

export interface RegistrationJson {
  id: string;
  rawId: string;
  type: "public-key";
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
  clientExtensionResults: Record<string, unknown>;
}

export interface AssertionJson {
  id: string;
  rawId: string;
  type: "public-key";
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string | null };
  clientExtensionResults: Record<string, unknown>;
}

export interface AuthenticatorSettings {
  algorithm?: Algorithm;
  /** What the credential's backup flags say. */
  backupEligible?: boolean;
  backedUp?: boolean;
  /** 0 and never moving, like synced passkeys; else the count at creation. */
  counter?: number;
  counts?: boolean;
}

export class SoftwareAuthenticator {
  readonly origin: string;
  readonly settings: AuthenticatorSettings;
  readonly credentialId: Uint8Array<ArrayBuffer>;
  /** What it was told to keep of its user; "" before it is registered. */
  userHandle = "";
  counter: number;
  readonly #keys: CryptoKeyPair;
  readonly #publicKey: Map<number, Cbor>;

  private constructor(
    origin: string,
    settings: AuthenticatorSettings,
    credentialId: Uint8Array<ArrayBuffer>,
    keys: CryptoKeyPair,
    publicKey: Map<number, Cbor>,
  ) {
    this.origin = origin;
    this.settings = settings;
    this.credentialId = credentialId;
    this.counter = settings.counter ?? 0;
    this.#keys = keys;
    this.#publicKey = publicKey;
  }

  /** A new key with one credential. @param origin of the page that asks */
  static async create(origin: string, settings: AuthenticatorSettings = {}): Promise<SoftwareAuthenticator> {
    const algorithm = settings.algorithm ?? -7;
    const keys = (await crypto.subtle.generateKey(parametersOf(algorithm) as never, true, ["sign", "verify"])) as unknown as CryptoKeyPair;
    return new SoftwareAuthenticator(origin, settings, random(32), keys, await coseKey(algorithm, keys.publicKey));
  }

  get id(): string {
    return base64url(this.credentialId);
  }

  /** Another device with the same credential in it. */
  clone(): SoftwareAuthenticator {
    const copy = new SoftwareAuthenticator(this.origin, this.settings, this.credentialId, this.#keys, this.#publicKey);
    copy.userHandle = this.userHandle;
    copy.counter = this.counter;
    return copy;
  }

  /** What the server keeps of the key after a good enrolment, for tests that begin behind it. */
  enrolled(): EnrolledKey {
    return {
      credentialId: this.id,
      publicKey: new Uint8Array(encodeCbor(this.#publicKey)),
      algorithm: this.settings.algorithm ?? -7,
      signCount: this.counter,
      transports: ["usb"],
      backupEligible: this.settings.backupEligible ?? false,
      backedUp: this.settings.backedUp ?? false,
      uvInitialized: true,
      aaguid: "00000000-0000-0000-0000-000000000000",
      attestation: "none",
    };
  }

  /** Answers `navigator.credentials.create()`. */
  async register(options: CreationOptions, changes: CreationChanges = {}): Promise<RegistrationJson> {
    this.userHandle = options.user.id;
    const credentialId = changes.credentialId ?? this.credentialId;
    const attested = concat(
      new Uint8Array(16),
      new Uint8Array([credentialId.length >> 8, credentialId.length & 0xff]),
      credentialId,
      encodeCbor(changes.publicKey ? changes.publicKey(new Map(this.#publicKey)) : this.#publicKey),
    );
    const authData = await this.#authenticatorData(options.rp.id ?? new URL(this.origin).hostname, flag.at, attested, changes);
    const object = encodeCbor(
      new Map<string, Cbor>([
        ["fmt", changes.format ?? "none"],
        ["attStmt", changes.statement ?? new Map()],
        ["authData", authData],
      ]),
    );
    const id = base64url(credentialId);
    return {
      id: changes.id ?? id,
      rawId: changes.rawId ?? changes.id ?? id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(this.#clientData("webauthn.create", options.challenge, changes)),
        attestationObject: base64url(changes.attestationObject ? changes.attestationObject(object) : object),
        transports: changes.transports ?? ["usb"],
      },
      clientExtensionResults: {},
    };
  }

  /** Answers `navigator.credentials.get()`. */
  async get(options: RequestOptions, changes: AssertionChanges = {}): Promise<AssertionJson> {
    if (this.settings.counts !== false) this.counter++;
    const clientData = this.#clientData("webauthn.get", options.challenge, changes);
    const authenticatorData = await this.#authenticatorData(options.rpId ?? new URL(this.origin).hostname, 0, new Uint8Array(), changes);
    const signed = concat(authenticatorData, await sha256(clientData));
    const algorithm = this.settings.algorithm ?? -7;
    const signature = toWire(algorithm, new Uint8Array(await crypto.subtle.sign(parametersOf(algorithm) as never, this.#keys.privateKey, signed)));
    const id = changes.id ?? this.id;
    return {
      id,
      rawId: id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(clientData),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(changes.signature ? changes.signature(signature) : signature),
        userHandle: changes.userHandle === undefined ? this.userHandle : changes.userHandle,
      },
      clientExtensionResults: {},
    };
  }

  #clientData(type: string, challenge: string, changes: Changes): Uint8Array<ArrayBuffer> {
    const data = { type, challenge, origin: this.origin, crossOrigin: false, ...changes.clientData };
    const bytes = new TextEncoder().encode(JSON.stringify(data));
    return new Uint8Array(changes.clientDataBytes ? changes.clientDataBytes(bytes) : bytes);
  }

  async #authenticatorData(rpId: string, extra: number, attested: Uint8Array, changes: Changes): Promise<Uint8Array<ArrayBuffer>> {
    const { backupEligible = false, backedUp = false } = this.settings;
    const usual = flag.up | flag.uv | extra | (backupEligible ? flag.be : 0) | (backedUp ? flag.bs : 0) | (changes.extensions ? flag.ed : 0);
    const flags = changes.flags ? changes.flags(usual) : usual;
    const counter = changes.counter ?? this.counter;
    const counted = new Uint8Array([counter >>> 24, (counter >>> 16) & 0xff, (counter >>> 8) & 0xff, counter & 0xff]);
    const rpIdHash = changes.rpIdHash ?? (await sha256(new Uint8Array(new TextEncoder().encode(rpId))));
    const bytes = concat(
      rpIdHash,
      new Uint8Array([flags]),
      counted,
      attested,
      changes.extensions ? encodeCbor(changes.extensions) : new Uint8Array(),
    );
    return new Uint8Array(changes.authenticatorData ? changes.authenticatorData(bytes) : bytes);
  }
}

function parametersOf(algorithm: Algorithm) {
  if (algorithm === -7) return { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  if (algorithm === -8) return { name: "Ed25519" };
  return { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
}

async function coseKey(algorithm: Algorithm, publicKey: CryptoKey): Promise<Map<number, Cbor>> {
  const jwk = (await crypto.subtle.exportKey("jwk", publicKey)) as JsonWebKey;
  if (algorithm === -7)
    return new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x!)],
      [-3, bytes(jwk.y!)],
    ]);
  if (algorithm === -8)
    return new Map<number, Cbor>([
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x!)],
    ]);
  return new Map<number, Cbor>([
    [1, 3],
    [3, -257],
    [-1, bytes(jwk.n!)],
    [-2, bytes(jwk.e!)],
  ]);
}

/** WebCrypto's ECDSA signature is r and s side by side; authenticators send them as DER. */
function toWire(algorithm: Algorithm, signature: Uint8Array): Uint8Array {
  if (algorithm !== -7) return signature;
  const integer = (value: Uint8Array) => {
    let at = 0;
    while (at < value.length - 1 && value[at] === 0) at++;
    const body = value[at]! & 0x80 ? concat(new Uint8Array([0]), value.slice(at)) : value.slice(at);
    return concat(new Uint8Array([0x02, body.length]), body);
  };
  const body = concat(integer(signature.slice(0, 32)), integer(signature.slice(32)));
  return concat(new Uint8Array([0x30, body.length]), body);
}

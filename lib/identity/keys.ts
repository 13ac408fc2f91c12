import type { Config } from "../config.ts";
import { AppError } from "../kernel/errors.ts";
import { sha256, toHex } from "../kernel/text.ts";

interface SecretKeys {
  /** Says which secret signed a token, without telling anything of it. */
  readonly kid: string;
  readonly jwt: CryptoKey;
  /** For everything that is derived in place of being stored; never used on a JWT. */
  readonly derive: CryptoKey;
}

/** The keys of JWT_SECRET. The first signs and derives, all verify. */
export interface IdentityKeys {
  readonly first: SecretKeys;
  readonly byKid: ReadonlyMap<string, SecretKeys>;
}

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;
const perConfig = new WeakMap<Config, Promise<IdentityKeys>>();

/** Imported once a configuration. Throws `internal` before an entry point has filled in the secrets. */
export function keysOf(config: Config): Promise<IdentityKeys> {
  let keys = perConfig.get(config);
  if (keys === undefined) perConfig.set(config, keys = importKeys(config.identity.jwtSecrets ?? []));
  return keys;
}

async function importKeys(secrets: readonly string[]): Promise<IdentityKeys> {
  const keys = await Promise.all(secrets.map(importSecret));
  const [first] = keys;
  if (first === undefined) throw new AppError("internal", "JWT_SECRET must be set before identity is used");
  return { first, byKid: new Map(keys.map((key) => [key.kid, key])) };
}

async function importSecret(secret: string): Promise<SecretKeys> {
  const bytes = new TextEncoder().encode(secret);
  const jwt = await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
  const material = await mac(jwt, "cauce: derived tokens");
  const derive = await crypto.subtle.importKey("raw", material, HMAC, false, ["sign", "verify"]);
  return { kid: toHex((await sha256(`cauce: kid ${secret}`)).slice(0, 6)), jwt, derive };
}

async function mac(key: CryptoKey, text: string): Promise<ArrayBuffer> {
  return await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
}

/**
 * A secret text that the server can make again but nobody else can make: HMAC-SHA256 over a purpose and its parts,
 * base64url. The database alone does not tell it.
 */
export async function deriveSecret(
  config: Config,
  purpose: string,
  parts: readonly (string | number)[],
): Promise<string> {
  const { first } = await keysOf(config);
  return await derived(first, [purpose, ...parts]);
}

/** The same by each of the secrets, the first one's first: for what others keep while JWT_SECRET is being replaced. */
export async function deriveSecrets(
  config: Config,
  purpose: string,
  parts: readonly (string | number)[],
): Promise<string[]> {
  const { byKid } = await keysOf(config);
  return await Promise.all([...byKid.values()].map((keys) => derived(keys, [purpose, ...parts])));
}

async function derived({ derive }: SecretKeys, parts: readonly (string | number)[]): Promise<string> {
  return base64url(new Uint8Array(await mac(derive, JSON.stringify(parts))));
}

/** True when any of the secrets derives this text; constant time. */
export async function isDerived(
  config: Config,
  { purpose, parts, given }: { purpose: string; parts: readonly (string | number)[]; given: string },
): Promise<boolean> {
  const signature = fromBase64url(given);
  if (signature === null) return false;
  const data = new TextEncoder().encode(JSON.stringify([purpose, ...parts]));
  for (const { derive } of (await keysOf(config)).byKid.values()) {
    if (await crypto.subtle.verify("HMAC", derive, signature, data)) return true;
  }
  return false;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

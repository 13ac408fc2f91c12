import { AppError } from "../../kernel/errors.ts";
import { sha256Hex } from "../../kernel/text.ts";
import type { SecretBox } from "../../ports/secrets.ts";

const VERSION = "v1";
const IV_BYTES = 12;

interface Key {
  readonly id: string;
  readonly key: CryptoKey;
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. `keys` are 32 bytes in base64: the first seals, all open.
 * A sealed text is `v1.<key id>.<nonce and ciphertext, base64url>`.
 */
export function createSecretBox(keys: readonly string[]): SecretBox {
  if (keys.length === 0) throw new TypeError("createSecretBox needs a key");
  const raw = keys.map(decodeKey);
  let ring: Promise<Key[]> | undefined;
  const keyRing = () => ring ??= Promise.all(raw.map(importKey));

  return {
    async seal(plain, context) {
      const [first] = await keyRing();
      if (first === undefined) throw new AppError("internal", "There is no key to encrypt with");
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = await crypto.subtle.encrypt(
        parameters(iv, context),
        first.key,
        new TextEncoder().encode(plain),
      );
      const bytes = new Uint8Array(IV_BYTES + sealed.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(sealed), IV_BYTES);
      return `${VERSION}.${first.id}.${encode(bytes)}`;
    },
    async open(sealed, context) {
      const [version, id, data, ...more] = sealed.split(".");
      const key = (await keyRing()).find((candidate) => candidate.id === id);
      if (version !== VERSION || data === undefined || more.length > 0) {
        throw unreadable("is not a sealed text");
      }
      if (key === undefined) {
        throw unreadable(`was sealed by a key (${id}) that ENCRYPTION_KEY no longer has`);
      }
      try {
        const bytes = decode(data);
        const opened = await crypto.subtle.decrypt(
          parameters(bytes.subarray(0, IV_BYTES), context),
          key.key,
          bytes.subarray(IV_BYTES),
        );
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(opened);
      } catch (cause) {
        throw unreadable("was changed, or belongs to another row", cause);
      }
    },
  };
}

function unreadable(why: string, cause?: unknown): AppError {
  return new AppError("internal", `A stored secret ${why}`, { retryable: false, cause });
}

function parameters(iv: Uint8Array<ArrayBuffer>, context: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${VERSION}:${context}`) };
}

async function importKey(raw: Uint8Array<ArrayBuffer>): Promise<Key> {
  // The id says which key it was and nothing about it: 32 bits of a hash over a labelled copy.
  const label = new TextEncoder().encode("cauce key id");
  const labelled = new Uint8Array(label.length + raw.length);
  labelled.set(label);
  labelled.set(raw, label.length);
  const id = (await sha256Hex(labelled)).slice(0, 8);
  return { id, key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) };
}

function decodeKey(text: string): Uint8Array<ArrayBuffer> {
  const raw = decode(text);
  if (raw.length !== 32) throw new TypeError("An encryption key must be 32 bytes in base64");
  return raw;
}

function encode(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

import type { Macs } from "../../ports/macs.ts";

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
/** Each is an app's secret; there are few. */
const KEYS_KEPT = 100;

/** By WebCrypto, which every runtime has. */
export function createWebMacs(): Macs {
  const keys = new Map<string, Promise<CryptoKey>>();
  const keyOf = (secret: string): Promise<CryptoKey> => {
    let key = keys.get(secret);
    if (key !== undefined) return key;
    if (keys.size >= KEYS_KEPT) keys.clear();
    key = crypto.subtle.importKey("raw", new TextEncoder().encode(secret), ALGORITHM, false, ["verify"]);
    keys.set(secret, key);
    return key;
  };
  return {
    verify: async (secret, { bytes, mac }) =>
      await crypto.subtle.verify("HMAC", await keyOf(secret), mac, bytes),
  };
}

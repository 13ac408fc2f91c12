import { jwtVerify } from "jose";
import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import type { GuardedFetch } from "../../../lib/ports/fetch.ts";
import { type Receiver, startReceiver, type TakenRequest } from "./receiver.ts";

const toBase64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
const fromBase64url = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });

/** A pair of VAPID keys as `web-push generate-vapid-keys` prints them. */
export async function vapidKeys(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const publicKey = toBase64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const { d = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { publicKey, privateKey: d };
}

/** A browser: its keys, and what it reads of a push. */
export interface FakeBrowser {
  readonly p256dh: string;
  readonly auth: string;
  decrypt(body: Uint8Array<ArrayBuffer>): Promise<string>;
}

export async function createBrowser(): Promise<FakeBrowser> {
  const curve = { name: "ECDH", namedCurve: "P-256" } as const;
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const own = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = crypto.getRandomValues(new Uint8Array(16));
  return {
    p256dh: toBase64url(own),
    auth: toBase64url(auth),
    /** RFC 8188 with the keys of RFC 8291, section 3.4. */
    async decrypt(body) {
      const salt = body.slice(0, 16);
      const keyLength = body[20] ?? 0;
      const theirs = body.slice(21, 21 + keyLength);
      const imported = await crypto.subtle.importKey("raw", theirs, curve, false, []);
      const shared = new Uint8Array(
        await crypto.subtle.deriveBits({ name: "ECDH", public: imported }, pair.privateKey, 256),
      );
      const text = new TextEncoder();
      const info = new Uint8Array([...text.encode("WebPush: info\0"), ...own, ...theirs]);
      const material = await hkdf(shared, { salt: auth, info, bytes: 32 });
      const key = await hkdf(material, {
        salt,
        info: text.encode("Content-Encoding: aes128gcm\0"),
        bytes: 16,
      });
      const nonce = await hkdf(material, { salt, info: text.encode("Content-Encoding: nonce\0"), bytes: 12 });
      const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
      const plain = new Uint8Array(
        await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, aes, body.slice(21 + keyLength)),
      );
      const end = plain.findLastIndex((byte) => byte !== 0);
      if (plain[end] !== 2) throw new Error("The record has no end");
      return new TextDecoder().decode(plain.slice(0, end));
    },
  };
}

async function hkdf(
  material: Uint8Array<ArrayBuffer>,
  { salt, info, bytes }: { salt: Uint8Array<ArrayBuffer>; info: Uint8Array<ArrayBuffer>; bytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, bytes * 8),
  );
}

export interface FakePush extends Receiver {
  /** Reaches it by its name and trusts its certificate. */
  readonly fetch: GuardedFetch;
  endpoint(name: string): string;
}

/** A push service: checks what RFC 8030, 8291 and 8292 ask of a sender. */
export async function startFakePush(publicKey: string): Promise<FakePush> {
  const folder = new URL("../certificates/", import.meta.url);
  const [cert = "", key = ""] = await Promise.all(
    ["shop.pem", "shop-key.pem"].map((name) => Deno.readTextFile(new URL(name, folder))),
  );
  const server = startReceiver({
    tls: { name: "shop.example", cert, key },
    check: (request) => checkPush(request, publicKey),
    usual: ({ url }) => new Response(null, { status: 201, headers: { location: `${url.href}/m1` } }),
  });
  const fetch = createGuardedFetch({
    allowLoopbackForTests: true,
    resolve: () => Promise.resolve(["127.0.0.1"]),
    ca: cert,
  });
  return Object.assign(server, { fetch, endpoint: (name: string) => `${server.origin}/push/${name}` });
}

async function checkPush(
  { method, url, headers, bytes }: TakenRequest,
  publicKey: string,
): Promise<Response | null> {
  const no = (status: number, why: string) => new Response(why, { status });
  if (method !== "POST" || !url.pathname.startsWith("/push/")) return no(404, "no such subscription");
  if (!/^\d+$/.test(headers.get("ttl") ?? "")) return no(400, "TTL is missing");
  if (headers.get("content-encoding") !== "aes128gcm") return no(415, "Content-Encoding");
  if (bytes.byteLength > 4096) return no(413, "too large");
  const { t = "", k = "" } =
    /^vapid t=(?<t>[^,]+), ?k=(?<k>\S+)$/.exec(headers.get("authorization") ?? "")?.groups ?? {};
  if (k !== publicKey) return no(403, "another key");
  try {
    const key = await crypto.subtle.importKey(
      "raw",
      fromBase64url(k),
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["verify"],
    );
    const { payload } = await jwtVerify(t, key, { algorithms: ["ES256"], audience: url.origin });
    const life = (payload.exp ?? 0) - Date.now() / 1000;
    if (life <= 0 || life > 24 * 3600 || !/^(mailto:|https:)/.test(payload.sub ?? "")) {
      return no(403, "claims");
    }
  } catch {
    return no(403, "the signature does not match");
  }
  return null;
}

import { SignJWT } from "jose";
import { sha256 } from "../../../lib/kernel/text.ts";

export interface Signing {
  readonly key: string;
  readonly url: string;
  readonly body: string;
  /** Unix seconds; default now. */
  readonly at?: number;
  /** Seconds; null: a token without an end. */
  readonly lifeS?: number | null;
  readonly issuer?: string;
  readonly algorithm?: "HS256" | "HS384";
}

/** `Upstash-Signature` as QStash makes it (upstash.com/docs/qstash/howto/signature). */
export async function signDelivery(
  {
    key,
    url,
    body,
    at = Math.floor(Date.now() / 1000),
    lifeS = 300,
    issuer = "Upstash",
    algorithm = "HS256",
  }: Signing,
): Promise<string> {
  const hash = btoa(String.fromCharCode(...await sha256(body))).replaceAll("+", "-").replaceAll("/", "_");
  const token = new SignJWT({ body: hash }).setProtectedHeader({ alg: algorithm, typ: "JWT" })
    .setIssuer(issuer).setSubject(url).setIssuedAt(at).setNotBefore(at).setJti(`jwt_${crypto.randomUUID()}`);
  if (lifeS !== null) token.setExpirationTime(at + lifeS);
  return await token.sign(new TextEncoder().encode(key));
}

import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { deriveSecrets } from "../identity/mod.ts";
import { requireScope } from "../kernel/actors.ts";

const PREFIX = "whsec_";

/** What a receiver checks the signature of notices with; the same until the server's JWT_SECRET is replaced. Audited. */
export async function webhookSecret(ctx: Ctx): Promise<string> {
  requireScope(ctx, "business:write");
  const [present = ""] = await keysOf(ctx);
  await ctx.transact((tx) => audit(tx, { action: "business.webhook_secret", subjectId: tx.workspaceId }));
  return PREFIX + present;
}

/**
 * The headers that prove a webhook to be ours (github.com/standard-webhooks/standard-webhooks): one signature a key,
 * so that a receiver who has the old one still believes us while JWT_SECRET is being replaced.
 */
export async function signedHeaders(
  ctx: Ctx,
  { id, body }: { id: string; body: string },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(ctx.now() / 1000));
  const signatures = (await keysOf(ctx)).map((key) => sign(key, `${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": (await Promise.all(signatures)).join(" "),
  };
}

/** What calls of this workspace are signed with, as receivers know it (`whsec_...`), the present one first. */
export async function signingSecrets(ctx: Ctx): Promise<string[]> {
  return (await keysOf(ctx)).map((key) => PREFIX + key);
}

/** The workspace's keys in base64, the present one first. */
async function keysOf(ctx: Ctx): Promise<string[]> {
  const secrets = await deriveSecrets(ctx.config, "webhook", [ctx.workspaceId]);
  return secrets.map((secret) => Uint8Array.fromBase64(secret, { alphabet: "base64url" }).toBase64());
}

async function sign(key: string, text: string): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256" } as const;
  const imported = await crypto.subtle.importKey("raw", Uint8Array.fromBase64(key), hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text));
  return `v1,${new Uint8Array(mac).toBase64()}`;
}

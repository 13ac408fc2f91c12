import { dropBlobs } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { AppError, notConfigured } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sameSecret, sha256Hex } from "../kernel/text.ts";
import { mailRead } from "./jobs.ts";
import { MAIL_LIMITS } from "./policy.ts";
import { placesOf } from "./places.ts";
import { insertReceipt, isRead } from "./store.ts";

export interface ArrivedMail {
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly format: "mime" | "json";
  /** The envelope's recipients, where whoever brings the mail knows them; else its headers say them. */
  readonly recipients?: readonly string[] | undefined;
}

/**
 * Keeps a mail as it came and has it read by a job: its bytes first, then its row and the job in one commit. It goes to
 * each workspace that it is for; the same mail again is the same one. Throws 413 for one that is too large to keep.
 */
export async function takeMail(
  ctx: Ctx,
  mail: ArrivedMail,
): Promise<{ receiptId: string | null }> {
  requireScope(ctx, "platform:write");
  const { raw } = mail;
  if (raw.byteLength > MAIL_LIMITS.bytes) {
    throw new AppError("payload_too_large", `A mail has at most ${MAIL_LIMITS.bytes} bytes`, {
      extra: { max_bytes: MAIL_LIMITS.bytes },
    });
  }
  const digest = await sha256Hex(raw);
  let receiptId: string | null = null;
  for (const workspaceId of await placesOf(ctx, mail)) {
    const fresh = await keep(ctx.as({ workspaceId }), { ...mail, digest });
    receiptId ??= fresh;
  }
  return { receiptId };
}

/** Resolves to null when the workspace has it. */
async function keep(
  ctx: Ctx & { readonly workspaceId: string },
  { raw, format, digest }: ArrivedMail & { readonly digest: string },
): Promise<string | null> {
  const { workspaceId } = ctx;
  const blobKey = `${workspaceId}/mail/${digest}`;
  await ctx.ports.blobs.put(blobKey, raw, {
    contentType: format === "mime" ? "message/rfc822" : "application/json",
  });
  const id = newId("mail");
  const fresh = await ctx.transact(async (tx) => {
    const made = await insertReceipt(tx, { id, digest, blobKey, format, size: raw.byteLength });
    if (made) await enqueue(tx, mailRead, { receiptId: id });
    else if (await isRead(tx, digest)) await dropBlobs(tx, [blobKey]);
    return made;
  });
  return fresh ? id : null;
}

const TOLERANCE_MS = 5 * MINUTE;

export interface SignedMail extends ArrivedMail {
  readonly id: string | null;
  /** Unix seconds. */
  readonly timestamp: string | null;
  readonly signature: string | null;
}

/** The same for a provider's webhook, signed by Standard Webhooks with MAIL_HOOK_SECRET. Throws 401 `bad_signature`. */
export async function takeSignedMail(
  ctx: Ctx,
  { id, timestamp, signature, ...mail }: SignedMail,
): Promise<{ receiptId: string | null }> {
  const { hookSecret } = ctx.config.mailIn;
  if (hookSecret === null) throw notConfigured("Mail over a webhook", ["MAIL_HOOK_SECRET"]);
  const late = Math.abs(Number(timestamp ?? NaN) * SECOND - ctx.now());
  if (id === null || timestamp === null || signature === null || !(late <= TOLERANCE_MS)) {
    throw new AppError(
      "bad_signature",
      "webhook-id, webhook-timestamp and webhook-signature must be there, and fresh",
    );
  }
  const expected = await sign(hookSecret, { id, timestamp, body: mail.raw });
  const given = signature.split(" ").slice(0, 10);
  const matches = await Promise.all(given.map((one) => sameSecret(one, expected)));
  if (!matches.includes(true)) {
    throw new AppError("bad_signature", "webhook-signature does not match this body");
  }
  return await takeMail(ctx, mail);
}

interface Signed {
  readonly id: string;
  readonly timestamp: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

async function sign(secret: string, { id, timestamp, body }: Signed): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const whole = new Uint8Array(head.byteLength + body.byteLength);
  whole.set(head);
  whole.set(body, head.byteLength);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, whole));
  return `v1,${btoa(String.fromCharCode(...mac))}`;
}

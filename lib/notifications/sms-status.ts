import { z } from "zod";
import type { Ctx } from "../context.ts";
import { enqueue, type JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notConfigured } from "../kernel/errors.ts";
import { sameSecret } from "../kernel/text.ts";
import { smsStatus } from "./jobs.ts";
import { NEEDS } from "./policy.ts";
import { applyNews } from "./store-news.ts";

/** Where Twilio tells what became of an SMS, below PUBLIC_URL. */
export const SMS_STATUS_PATH = "/api/hooks/twilio";

export function smsStatusUrl(ctx: Ctx): string | null {
  const { publicUrl } = ctx.config.server;
  return publicUrl === null ? null : `${publicUrl}${SMS_STATUS_PATH}`;
}

const formSchema = z.object({
  MessageSid: z.string().regex(/^[A-Za-z0-9]{10,64}$/),
  MessageStatus: z.string().max(30),
  ErrorCode: z.string().max(20).optional(),
});

/**
 * Takes a status of Twilio: signed over our address and the sorted form (twilio.com/docs/usage/security). Throws 401
 * `bad_signature`, 503 without settings.
 */
export async function takeSmsStatus(
  ctx: Ctx,
  { body, signature }: { body: string; signature: string | null },
): Promise<void> {
  const { twilio } = ctx.config.notify;
  const url = smsStatusUrl(ctx);
  if (twilio === null || url === null) throw notConfigured("SMS", [...NEEDS.sms, "PUBLIC_URL"]);
  const form = [...new URLSearchParams(body)];
  const signed = url + form.map(([name, value]) => name + value).sort().join("");
  if (signature === null || !await sameSecret(signature, await hmacSha1(twilio.authToken, signed))) {
    throw new AppError("bad_signature", "X-Twilio-Signature does not match this address and form");
  }
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success || !Object.hasOwn(STATES, parsed.data.MessageStatus)) return;
  const { MessageSid: sid, MessageStatus: status, ErrorCode: code = null } = parsed.data;
  await ctx.transact((tx) => enqueue(tx, smsStatus, { sid, status, code }));
}

async function hmacSha1(key: string, text: string): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-1" } as const;
  const imported = await crypto.subtle.importKey("raw", new TextEncoder().encode(key), hmac, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...mac));
}

const STATES: Readonly<Record<string, "sent" | "delivered" | "read" | "failed">> = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  undelivered: "failed",
  failed: "failed",
};

/** Writes a status. It may come before we know the message's id: then once more, a little later. */
export async function applySmsStatus(
  ctx: JobCtx,
  { sid, status, code }: { sid: string; status: string; code: string | null },
): Promise<void> {
  requireScope(ctx, "platform:write");
  const state = STATES[status];
  if (state === undefined) return;
  const reason = state === "failed" ? `provider_failed${code === null ? "" : ` (${code})`}` : null;
  const known = await ctx.transact((tx) => applyNews(tx, { channel: "sms", externalId: sid, state, reason }));
  if (!known && !ctx.job.last) throw new AppError("upstream_failed", "The message is not known yet");
}

import { z } from "zod";
import { attachReceived, MESSAGE_KINDS, noteAttachmentFailure } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { WHATSAPP_FAILURES, whatsAppFailureOf } from "../ports/whatsapp-failures.ts";
import { numberOfAccount } from "./numbers.ts";
import { MEDIA_MAX_BYTES } from "./policy.ts";
import { selectMessageRow } from "./store-outgoing.ts";

const mediaSchema = z.object({
  id: z.string(),
  kind: z.enum(MESSAGE_KINDS),
  mimeType: z.string().nullable(),
  sha256: z.string().nullable(),
  name: z.string().nullable(),
  state: z.string(),
});

/**
 * Fetches the file of a customer's message into the blob store. A file that is too large, is not what its hash or
 * its kind says, or is no longer there ends in a state of that name on the message, which the operator sees.
 */
export async function fetchMedia(ctx: JobCtx, { messageId }: { messageId: string }): Promise<void> {
  requireScope(ctx, "conversations:write");
  const message = await selectMessageRow(ctx, messageId);
  const media = mediaSchema.safeParse(message?.meta?.["media"]).data;
  if (message === null || media === undefined || media.state !== "waiting") return;
  const fail = (reason: string) => noteAttachmentFailure(ctx, { messageId, reason });
  const number = await numberOfAccount(ctx, message.channelAccountId);
  if (number === null) return await fail("channel_not_connected");
  const maxBytes = Math.min(MEDIA_MAX_BYTES, ctx.config.server.maxUploadBytes);
  const { signal } = ctx;
  try {
    const info = await ctx.ports.whatsapp.mediaInfo(number.call, media.id, { signal });
    if (info.size !== null && info.size > maxBytes) return await fail("too_large");
    const { body } = await ctx.ports.whatsapp.downloadMedia(number.call, info.url, { maxBytes, signal });
    const hashes = [media.sha256, info.sha256].flatMap((hash) => hash === null ? [] : [hexOf(hash)]);
    const name = media.name ?? `${media.kind}.${endingOf(media.mimeType ?? info.mimeType)}`;
    await attachReceived(ctx, { messageId, kind: media.kind, name, body, hashes, maxBytes });
  } catch (thrown) {
    const reason = finalReason(thrown, ctx.job.last);
    if (reason === null) throw thrown;
    ctx.ports.log.log("warn", "a customer's file could not be fetched", {
      message_id: messageId,
      error: messageOf(thrown),
    });
    await fail(reason);
  }
}

/** null: worth another try. */
function finalReason(thrown: unknown, last: boolean): string | null {
  const failure = whatsAppFailureOf(thrown);
  if (failure !== null) {
    const { retry } = WHATSAPP_FAILURES[failure.class];
    const again = retry === "backoff" || retry === "wait" || retry === "mend";
    return again && !last ? null : failure.class;
  }
  if (thrown instanceof AppError && thrown.code === "payload_too_large") return "too_large";
  // The address lives for five minutes: a new try asks for a new one.
  const passing = !(thrown instanceof AppError) || thrown.retryable || thrown.code === "not_found";
  return passing && !last ? null : thrown instanceof AppError ? thrown.code : "failed";
}

/** Meta writes hashes in hex in one place and in base64 in another. */
function hexOf(hash: string): string {
  if (/^[0-9a-f]{64}$/i.test(hash)) return hash.toLowerCase();
  try {
    const bytes = atob(hash.replaceAll("-", "+").replaceAll("_", "/"));
    return Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return hash;
  }
}

function endingOf(mimeType: string): string {
  return mimeType.split(";")[0]?.split("/").at(-1)?.replace(/[^a-z0-9]/gi, "").slice(0, 8) || "bin";
}

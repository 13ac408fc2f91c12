import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { newId } from "../kernel/ids.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { cleanName, dropNow, keepFiles, namingBlob, type StoredFile } from "./attachments.ts";
import { messageView } from "./present.ts";
import { sniff } from "./sniff.ts";
import type { MessageKind } from "./store.ts";
import { selectAttachments, selectMessage, updateMeta } from "./store-messages.ts";

export interface ReceivedFile {
  readonly messageId: string;
  /** What the channel says that it is. */
  readonly kind: MessageKind;
  readonly name: string;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the SHA-256 of its bytes must be, in hex; as often as the channel said it. */
  readonly hashes: readonly string[];
  readonly maxBytes: number;
}

/** Kinds that are shown or played: their bytes must be what they say. A document may be anything, it is only handed out. */
const SHOWN: Readonly<Partial<Record<MessageKind, MessageKind>>> = {
  image: "image",
  sticker: "image",
  audio: "audio",
  video: "video",
};

/**
 * Gives a message that came in the file that it announced. One that is not what its hash or kind says is not kept;
 * the message then says why. The end of the job is in the same commit.
 */
export async function attachReceived(ctx: JobCtx, file: ReceivedFile): Promise<void> {
  requireScope(ctx, "conversations:write");
  const { messageId, kind, maxBytes } = file;
  const blobKey = `${ctx.workspaceId}/attachments/${newId("blob")}`;
  const head = new Uint8Array(4096);
  const stored = await ctx.ports.blobs.put(blobKey, file.body.pipeThrough(peek(head)), { maxBytes });
  const name = cleanName(file.name);
  const type = sniff(head.subarray(0, Math.min(head.length, stored.size)), name);
  const wanted = SHOWN[kind];
  const reason = file.hashes.some((hash) => hash !== stored.sha256)
    ? "hash_mismatch"
    : wanted !== undefined && type?.kind !== wanted && !sameContainer(kind, type?.contentType)
    ? "type_mismatch"
    : null;
  if (reason !== null) {
    await dropNow(ctx, blobKey);
    return await noteAttachmentFailure(ctx, { messageId, reason });
  }
  const contentType = type?.contentType ?? "application/octet-stream";
  const { size, sha256 } = stored;
  const kept = { name, contentType, size, sha256, blobKey, kind };
  await namingBlob(
    ctx,
    blobKey,
    (inside) => inside.transact((tx) => keep(tx, ctx, { messageId, file: kept })),
  );
}

/** MP4 and Ogg carry sound, pictures or both; their first bytes don't always tell. */
function sameContainer(kind: MessageKind, contentType: string | undefined): boolean {
  return (kind === "audio" || kind === "video") &&
    ["video/mp4", "audio/mp4", "audio/ogg", "video/webm"].includes(contentType ?? "");
}

async function keep(
  tx: Tx,
  job: JobCtx,
  { messageId, file }: { messageId: string; file: StoredFile },
): Promise<void> {
  await job.finish(tx);
  await keepFiles(tx, { messageId, files: [file] });
  await note(tx, messageId, { state: "stored" });
}

/** Says on the message why its file is not there: its `state_reason` is `file_` and the reason. Ends the job. */
export async function noteAttachmentFailure(
  ctx: JobCtx,
  { messageId, reason }: { messageId: string; reason: string },
): Promise<void> {
  requireScope(ctx, "conversations:write");
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    await note(tx, messageId, { state: "failed", reason });
  });
}

async function note(tx: Tx, messageId: string, news: Record<string, unknown>): Promise<void> {
  const message = await selectMessage(tx, messageId);
  if (message === null) return;
  const before = message.meta?.["media"];
  const meta = { ...message.meta, media: { ...(typeof before === "object" ? before : {}), ...news } };
  const stateReason = typeof news["reason"] === "string" ? `file_${news["reason"]}` : null;
  await updateMeta(tx, messageId, { meta, stateReason });
  const attachments = await selectAttachments(tx, [messageId]);
  await emit(tx, {
    type: "message.file_changed",
    subjectId: messageId,
    conversationId: message.conversationId,
    data: { message: messageView({ ...message, meta, stateReason }, { attachments }) },
  });
}

/** Passes bytes on and keeps the first of them in `head`. */
function peek(head: Uint8Array): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      if (seen < head.length) head.set(chunk.subarray(0, head.length - seen), seen);
      seen += chunk.length;
      controller.enqueue(chunk);
    },
  });
}

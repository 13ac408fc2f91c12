import { type Ctx, type Tx, watchCommits } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Scope } from "../kernel/scopes.ts";
import { cleanText } from "../kernel/text.ts";
import { LIMITS } from "./schemas.ts";
import { sniff } from "./sniff.ts";
import { type MessageKind, selectTalk } from "./store.ts";
import { type AttachmentRow, insertAttachment, selectAttachment } from "./store-messages.ts";

/** A file in the blob store that no message has yet. */
export interface StoredFile {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly blobKey: string;
  readonly kind: MessageKind;
}

/** A file as it came in. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What whoever brings it needs. Default: to write conversations, or to be their visitor. */
  readonly scope?: Scope;
}

/**
 * Puts a file into the blob store. The type is read from its bytes, whatever the sender says. Throws 413 over
 * MAX_UPLOAD_SIZE and 415 for what is not on the list of types.
 */
export async function storeFile(
  ctx: Ctx,
  { name, bytes, scope = "conversations:write" }: GivenFile,
): Promise<StoredFile> {
  requireScope(ctx, ctx.actor.kind === "visitor" ? "chat:visit" : scope);
  const { maxUploadBytes } = ctx.config.server;
  if (bytes.byteLength > maxUploadBytes) throw tooLarge(maxUploadBytes);
  const type = sniff(bytes, name);
  if (type === null) {
    throw new AppError(
      "unsupported_media_type",
      "Only pictures, sound, video, PDF, text and office files are taken",
    );
  }
  const blobKey = `${ctx.workspaceId}/attachments/${newId("blob")}`;
  const { contentType, kind } = type;
  const { size, sha256 } = await ctx.ports.blobs.put(blobKey, bytes, {
    contentType,
    maxBytes: maxUploadBytes,
  });
  return { name: cleanName(name), contentType, size, sha256, blobKey, kind };
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", `A file has at most ${maxBytes} bytes`, {
    extra: { max_bytes: maxBytes },
  });
}

/** The last part of a path, without what a file system or a header could misread. */
export function cleanName(name: string): string {
  const last = cleanText(name).split(/[/\\]/).at(-1) ?? "";
  // deno-lint-ignore no-control-regex -- control characters are what is taken out
  const clean = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
  const short = clean.length <= LIMITS.fileName ? clean : clean.slice(-LIMITS.fileName).toWellFormed();
  return short.replace(/^\.+/, "") || "file";
}

/**
 * Stores a file and hands it to `use`, which writes with the context that it is given; a file that `use` refused, or
 * had already, is not kept.
 */
export async function withFile<T extends object>(
  ctx: Ctx,
  file: GivenFile,
  use: (stored: StoredFile, ctx: Ctx) => Promise<T>,
): Promise<T> {
  const stored = await storeFile(ctx, file);
  const used = await namingBlob(ctx, stored.blobKey, (inside) => use(stored, inside));
  if ("duplicate" in used && used.duplicate === true) await dropNow(ctx, stored.blobKey);
  return used;
}

/**
 * Writes the row that names a file. What refuses to is the end of the file; one whose commit may stand stays, for the
 * sweep of files that nobody names.
 */
export async function namingBlob<T>(
  ctx: Ctx,
  blobKey: string,
  write: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  const watched = watchCommits(ctx);
  try {
    return await write(watched.ctx);
  } catch (thrown) {
    if (!watched.mayBeWritten()) await dropNow(ctx, blobKey);
    throw thrown;
  }
}

/** A file that no row names; what fails here is left to the sweep. */
export async function dropNow(ctx: Ctx, blobKey: string): Promise<void> {
  await ctx.ports.blobs.delete(blobKey).catch(() => {});
}

export async function keepFiles(
  tx: Tx,
  { messageId, files }: { messageId: string; files: readonly StoredFile[] },
): Promise<AttachmentRow[]> {
  const rows: AttachmentRow[] = [];
  for (const { kind: _kind, ...file } of files) {
    rows.push(await insertAttachment(tx, { id: newId("attachment"), messageId, ...file }));
  }
  return rows;
}

export interface Download {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** The bytes of an attachment; a visitor gets those of its own conversations only. Throws 404. */
export async function openAttachment(ctx: Ctx, id: string): Promise<Download> {
  const { actor } = ctx;
  requireScope(ctx, actor.kind === "visitor" ? "chat:visit" : "conversations:read");
  const found = await selectAttachment(ctx, id);
  if (found === null) throw notFound("attachment", id);
  if (actor.kind === "visitor") {
    const talk = await selectTalk(ctx, found.conversationId);
    if (talk?.contact.id !== actor.id) throw notFound("attachment", id);
  }
  const { blobKey, name, contentType } = found.attachment;
  const blob = await ctx.ports.blobs.get(blobKey);
  if (blob === null) throw notFound("attachment", id);
  return { name, contentType, size: blob.size, body: blob.body };
}

import { readAll } from "../ports/blobs.ts";
import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import {
  MEDIA_KINDS,
  type MediaKind,
  mediaProblem,
  type OutgoingContent,
  outgoingContent,
} from "../ports/whatsapp-content.ts";
import { whatsAppFailure } from "../ports/whatsapp-failures.ts";
import type { WhatsAppNumber } from "./numbers.ts";
import type { AttachmentRow, MessageRow } from "./store-outgoing.ts";

/** What a message says it is made of; null: its text and files. */
export function contentOf({ content }: MessageRow): OutgoingContent | null {
  return content === null ? null : outgoingContent.parse(content);
}

interface WithFiles {
  readonly message: MessageRow;
  readonly files: readonly AttachmentRow[];
  readonly number: WhatsAppNumber;
}

/** The message's text, or its file, uploaded. Throws class `media_problem` for one that WhatsApp does not take. */
export async function contentWithFiles(
  ctx: Ctx,
  { message, files, number }: WithFiles,
): Promise<OutgoingContent> {
  const [file] = files;
  if (file === undefined) return { type: "text", text: message.text, preview_url: true };
  const kind = mediaKindOf(message);
  const { contentType: mimeType, size, name: filename } = file;
  const problem = mediaProblem(kind, { mimeType, size });
  if (problem !== null) throw whatsAppFailure("media_problem", problem);
  const blob = await ctx.ports.blobs.get(file.blobKey);
  if (blob === null) throw new AppError("gone", "The file is no longer there");
  const body = new Blob([await readAll(blob.body)], { type: mimeType });
  const { id } = await ctx.ports.whatsapp.uploadMedia(number.call, { kind, body, mimeType, filename });
  const caption = message.text === "" ? {} : { caption: message.text };
  if (kind === "audio" || kind === "sticker") return { type: kind, media: { id } };
  if (kind === "document") return { type: kind, media: { id }, ...caption, filename };
  return { type: kind, media: { id }, ...caption };
}

function mediaKindOf({ kind }: MessageRow): MediaKind {
  return MEDIA_KINDS.find((known) => known === kind) ?? "document";
}

import { z } from "zod";
import { type Download, withFile } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { shownComment, writeComment } from "./comment.ts";
import { loadTicket, requireVersion } from "./load.ts";
import type { CommentView } from "./present.ts";
import { COMMENT_VISIBILITIES, LIMITS } from "./schemas.ts";
import { selectFile } from "./store-files.ts";
import type { TicketChoice } from "./update.ts";

export const fileComment = z.object({
  text: z.string().max(LIMITS.comment).default("").transform((text) => cleanText(text).trim())
    .meta({ example: "La factura" }),
  visibility: z.enum(COMMENT_VISIBILITIES).default("private"),
});

interface Attaching extends TicketChoice, z.input<typeof fileComment> {
  readonly file: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
}

/** A comment with a file. Throws 404, 409 and 412 as a comment does, 413, 415. */
export async function attachToTicket(
  ctx: Ctx,
  { ticketId, versions, file, ...given }: Attaching,
): Promise<CommentView> {
  requireScope(ctx, "tickets:write");
  const wanted = fileComment.parse(given);
  requireVersion(await loadTicket(ctx, ticketId), versions);
  return await withFile(
    ctx,
    { ...file, scope: "tickets:write" },
    (stored, inside) =>
      inside.transact(async (tx) => {
        const row = await loadTicket(tx, ticketId);
        requireVersion(row, versions);
        const { comment } = await writeComment(tx, { row, wanted, files: [stored] });
        return await shownComment(tx, comment);
      }),
  );
}

/** The bytes of a file of a ticket. Throws 404. */
export async function openTicketFile(ctx: Ctx, id: string): Promise<Download> {
  requireScope(ctx, "tickets:read");
  const file = await selectFile(ctx, id);
  const blob = file === null ? null : await ctx.ports.blobs.get(file.blobKey);
  if (file === null || blob === null) throw notFound("attachment", id);
  return { name: file.name, contentType: file.contentType, size: blob.size, body: blob.body };
}

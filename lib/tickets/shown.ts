import { attachmentsOf } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { type CommentView, commentView, type FileView } from "./present.ts";
import type { CommentRow } from "./store-comments.ts";
import { selectFiles } from "./store-files.ts";

interface File {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
}

const fileView = (base: string) => ({ id, name, contentType, size }: File): FileView => ({
  id,
  name,
  content_type: contentType,
  size,
  href: `${base}/${id}`,
});

/** Comments with their files: those of a message are with the conversation. */
export async function shownComments(at: Ctx, rows: readonly CommentRow[]): Promise<CommentView[]> {
  const messageIds = rows.flatMap(({ messageId }) => messageId ?? []);
  const own = await selectFiles(at, rows.map(({ id }) => id));
  const sent = messageIds.length === 0 ? [] : await attachmentsOf(at, messageIds);
  const byComment = Map.groupBy(own, ({ commentId }) => commentId);
  const byMessage = Map.groupBy(sent, ({ messageId }): string | null => messageId);
  return rows.map((row) =>
    commentView(row, [
      ...(byComment.get(row.id) ?? []).map(fileView("/api/ticket-attachments")),
      ...(byMessage.get(row.messageId) ?? []).map(fileView("/api/attachments")),
    ])
  );
}

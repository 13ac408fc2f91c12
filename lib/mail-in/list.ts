import type { MailState } from "../../db/schema/mail.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { selectReceipts } from "./store.ts";

export interface MailView {
  readonly id: string;
  readonly state: MailState;
  readonly reason: string | null;
  readonly sender: string | null;
  readonly subject: string | null;
  readonly size: number;
  readonly ticket_id: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

/** Mails that came in and what became of each, the newest first. */
export async function listMails(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<MailView>> {
  requireScope(ctx, "tickets:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectReceipts(ctx, { before, limit: limit + 1 });
  return toPage(rows, {
    limit,
    keysOf: ({ id }) => [id],
    toDto: ({ id, state, reason, sender, subject, size, ticketId, createdAt, finishedAt }) => ({
      id,
      state,
      reason,
      sender,
      subject,
      size,
      ticket_id: ticketId,
      created_at: iso(createdAt),
      finished_at: isoOrNull(finishedAt),
    }),
  });
}

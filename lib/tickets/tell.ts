import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { notify } from "../notifications/mod.ts";
import { operatorsById } from "../operators/mod.ts";
import type { News } from "./jobs.ts";
import { NEWS_TEMPLATES } from "./notices.ts";
import { referenceOf } from "./present.ts";
import { selectTicket, type TicketRow } from "./store.ts";
import { type CommentRow, selectComment } from "./store-comments.ts";
import { selectWatchers } from "./store-watchers.ts";

interface Telling {
  readonly ticketId: string;
  readonly news: News;
  readonly about: string;
  readonly by: string;
}

/**
 * Tells those whom the news concerns: the operator who has the ticket, who watches it, who is mentioned; never whoever
 * did it. The notification's key makes a second delivery nothing.
 */
export async function tellOfTicket(ctx: Ctx, { ticketId, news, about, by }: Telling): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    const row = await selectTicket(tx, ticketId);
    if (row === null) return;
    const comment = news === "commented" ? await selectComment(tx, about) : null;
    if (news === "commented" && comment === null) return;
    const mentioned = without(comment?.mentions ?? [], by);
    await send(tx, { row, comment, about, to: mentioned, template: NEWS_TEMPLATES.mentioned });
    const concerned = without(await concernedBy(tx, { row, news }), by).filter((id) =>
      !mentioned.includes(id)
    );
    await send(tx, { row, comment, about, to: concerned, template: NEWS_TEMPLATES[news] });
  });
}

const without = (ids: readonly string[], one: string) => [...new Set(ids)].filter((id) => id !== one);

async function concernedBy(tx: Tx, { row, news }: { row: TicketRow; news: News }): Promise<string[]> {
  const [operator] = row.assigneeId === null ? [] : await operatorsById(tx, [row.assigneeId]);
  const owner = operator?.userId ?? null;
  const watchers = news === "assigned" ? [] : await selectWatchers(tx, row.id);
  return owner === null ? watchers : [owner, ...watchers];
}

interface Sending {
  readonly row: TicketRow;
  readonly comment: CommentRow | null;
  readonly about: string;
  readonly to: readonly string[];
  readonly template: typeof NEWS_TEMPLATES[keyof typeof NEWS_TEMPLATES];
}

/** How much of a comment a notification shows. */
const EXCERPT = 1000;

async function send(tx: Tx, { row, comment, about, to, template }: Sending): Promise<void> {
  if (to.length === 0) return;
  await notify(tx, {
    to: to.map((userId) => ({ userId })),
    template,
    data: {
      reference: referenceOf(row.number),
      subject: row.subject,
      text: (comment?.text ?? "").slice(0, EXCERPT).toWellFormed(),
      state: row.state,
      due: isoOrNull(row.dueAt) ?? "",
    },
    key: `${template.name}:${row.id}:${about}`,
    subjectId: row.id,
  });
}

import { writtenTime } from "../business-time/mod.ts";
import { oncePerTransaction, type Tx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { notify, operatorAudience, type Reached } from "../notifications/mod.ts";
import { findOperator, teamMembershipsOf } from "../operators/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import { CHOICES } from "../words/mod.ts";
import { NEWS_TEMPLATES, replyByMail } from "./notices.ts";
import { referenceOf } from "./present.ts";
import { selectToldTicket, type ToldTicket } from "./store.ts";
import { type CommentRow, selectComment } from "./store-comments.ts";
import { selectFiles } from "./store-files.ts";
import { selectWatchers } from "./store-watchers.ts";
import { notifyInThread } from "./thread.ts";

type News = Exclude<keyof typeof NEWS_TEMPLATES, "mentioned">;

type Promised = keyof typeof CHOICES.promise;

interface Telling {
  readonly ticketId: string;
  readonly news: News;
  /** What was done: the comment, the clock, the version of the ticket. It is told to each person once. */
  readonly about: string;
  /** Who did it, and needs not be told. */
  readonly by: string;
  readonly commentId?: string;
  /** The state before a comment. */
  readonly from?: string | null;
  /** Of several promises about a ticket, the one that this is about, and when it was or is due. */
  readonly promise?: { readonly clock: Promised; readonly dueAt: number };
}

/**
 * Tells those whom the news concerns: the operator who has the ticket, who watches it, who is mentioned; never whoever
 * did it, and nobody twice of one deed.
 */
async function tell(tx: Tx, { ticketId, news, about, by, ...more }: Telling): Promise<void> {
  const row = await selectToldTicket(tx, ticketId);
  if (row === null) return;
  const { commentId = null, from = null, promise = null } = more;
  const comment = commentId === null ? null : await selectComment(tx, commentId);
  if (news === "commented" && comment === null) return;
  if (comment !== null) await mail(tx, { row, comment });
  const mentioned = without(comment?.mentions ?? [], by).map((userId) => ({ userId }));
  const moved = from !== null && from !== row.state;
  const said = { row, comment, about, moved, promise };
  await send(tx, { ...said, to: mentioned, template: NEWS_TEMPLATES.mentioned });
  const concerned = await concernedBy(tx, { row, news, by });
  await send(tx, { ...said, to: concerned, template: NEWS_TEMPLATES[news] });
}

/** What is read of the events below; the verbs beside this file wrote them. */
interface Written {
  readonly ticket?: {
    readonly version: number;
    readonly assignee_id: string | null;
    readonly created_by: string;
  };
  readonly comment?: { readonly id: string; readonly author_id: string };
  readonly from?: string | null;
  readonly by?: string;
  readonly comment_id?: string | null;
  readonly deed?: string;
  readonly opening?: boolean;
  readonly clock?: Promised;
  readonly clock_id?: string;
  readonly due_at?: string | null;
}

/** That it was opened, with whatever was said and assigned by that. */
const OPENING = "opening";

/** What is news of an event, where anything is; about what, and by whom. */
const NEWS_OF: Readonly<Record<string, (said: Written) => Omit<Telling, "ticketId"> | null>> = {
  "ticket.opened": ({ ticket }) =>
    ticket === undefined || ticket.assignee_id === null
      ? null
      : { news: "assigned", about: OPENING, by: ticket.created_by },
  "ticket.assigned": ({ ticket, from, by = "", comment_id, deed }) =>
    ticket === undefined || ticket.assignee_id === null || ticket.assignee_id === from
      ? null
      : { news: "assigned", about: deed ?? comment_id ?? `v${ticket.version}`, by },
  // A state that came with a comment is told with that.
  "ticket.state_changed": ({ ticket, by = "", comment_id = null, deed }) =>
    ticket === undefined || comment_id !== null
      ? null
      : { news: "state_changed", about: deed ?? `v${ticket.version}`, by },
  "ticket.commented": ({ comment, from = null, opening = false, deed }) =>
    comment === undefined ? null : {
      news: "commented",
      about: opening ? OPENING : deed ?? comment.id,
      by: comment.author_id,
      commentId: comment.id,
      from,
    },
  "sla.warned": (said) => ({ news: "sla_warned", by: "", ...promiseIn(said, "warned") }),
  "sla.breached": (said) => ({ news: "sla_breached", by: "", ...promiseIn(said, "breached") }),
};

/** A promise that was moved may break once more: that is news of its own. */
function promiseIn(
  { clock, clock_id = "", due_at = null }: Written,
  what: string,
): Pick<Telling, "about" | "promise"> {
  const about = `${what}:${clock_id}:${due_at}`;
  if (clock === undefined || due_at === null) return { about };
  return { about, promise: { clock, dueAt: Date.parse(due_at) } };
}

/** Tells people of an event about a ticket, where it is news to anybody. What was erased since says nothing. */
export async function tellOfEvent(tx: Tx, { type, subjectId, data }: LiveEvent): Promise<void> {
  const news = NEWS_OF[type]?.(data);
  if (news !== null && news !== undefined) await tell(tx, { ticketId: subjectId, ...news });
}

const without = (ids: readonly string[], one: string) => [...new Set(ids)].filter((id) => id !== one);

const readerOf = oncePerTransaction(async (tx, operatorId): Promise<Reached | null> => {
  const operator = await findOperator(tx, operatorId);
  return operator?.active === true ? await operatorAudience(tx, operator) : null;
});

const PROMISES: ReadonlySet<News> = new Set(["sla_warned", "sla_breached"]);

/** So many of a team are told of a promise about what none of them has. */
const MOST_TOLD = 100;

/** Whoever has a ticket. Of a promise about one that nobody has, all of its team: one of them may take it. */
async function holdersOf(tx: Tx, { row, news }: { row: ToldTicket; news: News }): Promise<Reached[]> {
  const team = row.assigneeId === null && PROMISES.has(news) ? row.teamId : null;
  const members = team === null ? [] : (await teamMembershipsOf(tx, { teamIds: [team] })).slice(0, MOST_TOLD);
  const ids = row.assigneeId === null ? members.map(({ operatorId }) => operatorId) : [row.assigneeId];
  return (await Promise.all(ids.map((id) => readerOf(tx, id)))).filter((one) => one !== null);
}

async function concernedBy(
  tx: Tx,
  { row, news, by }: { row: ToldTicket; news: News; by: string },
): Promise<Reached[]> {
  const holders = await holdersOf(tx, { row, news });
  const watchers = news === "assigned" ? [] : await selectWatchers(tx, row.id);
  const own = holders.flatMap((one) => "userId" in one ? [one.userId] : []);
  const users = without([...own, ...watchers], by).map((userId) => ({ userId }));
  return [...holders.filter((one) => "email" in one), ...users];
}

/** What goes to the customer and has no conversation to go through goes by mail, the whole ticket in one thread. */
async function mail(tx: Tx, { row, comment }: Pick<Sending, "row"> & { comment: CommentRow }): Promise<void> {
  const outward = comment.visibility === "public" && comment.author !== "customer" &&
    comment.messageId === null;
  if (!outward || row.contactId === null) return;
  const files = (await selectFiles(tx, [comment.id])).map(({ name, contentType, size, blobKey }) => ({
    name,
    contentType,
    size,
    blobKey,
  }));
  await notifyInThread(tx, {
    ticketId: row.id,
    to: [{ contactId: row.contactId }],
    template: replyByMail,
    data: { reference: referenceOf(row.number), subject: row.subject, text: comment.text },
    key: `ticket.reply:${comment.id}`,
    subjectId: row.id,
    mail: { byPerson: comment.author === "operator", ...(files.length === 0 ? {} : { files }) },
  });
}

interface Sending {
  readonly row: ToldTicket;
  readonly comment: CommentRow | null;
  readonly about: string;
  /** Its state is another with the comment. */
  readonly moved: boolean;
  readonly promise: Telling["promise"] | null;
  readonly to: readonly Reached[];
  readonly template: typeof NEWS_TEMPLATES[keyof typeof NEWS_TEMPLATES];
}

/** How much of a comment a notification shows. */
const EXCERPT = 1000;

const zoneOf = oncePerTransaction(async (tx) => (await loadBusiness(tx)).timezone);

/** A notification a person: its key is the deed and the person, so that the first news of a deed is the only one. */
async function send(tx: Tx, { row, comment, about, moved, promise, to, template }: Sending): Promise<void> {
  if (to.length === 0) return;
  const dueAt = promise?.dueAt ?? row.dueAt;
  const zone = dueAt === null ? "UTC" : await zoneOf(tx);
  const due = (language: string) => dueAt === null ? "" : writtenTime(dueAt, { zone, language });
  const { es: state_es, en: state_en } = CHOICES.ticket_state[row.state];
  const { es: promise_es, en: promise_en } = promise ? CHOICES.promise[promise.clock] : { es: "", en: "" };
  for (const reader of to) {
    await notify(tx, {
      to: [reader],
      template,
      data: {
        reference: referenceOf(row.number),
        subject: row.subject,
        text: (comment?.text ?? "").slice(0, EXCERPT).toWellFormed(),
        state: row.state,
        state_es,
        state_en,
        moved,
        promise_es,
        promise_en,
        due: isoOrNull(dueAt) ?? "",
        due_es: due("es"),
        due_en: due("en-GB"),
      },
      key: `ticket.news:${row.id}:${about}:${"userId" in reader ? reader.userId : reader.email}`,
      subjectId: row.id,
    });
  }
}

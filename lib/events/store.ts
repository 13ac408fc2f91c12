import { and, asc, eq, gt, gte, inArray, lt, max, or, type SQL, sql } from "drizzle-orm";
import { eventCursors, events } from "../../db/schema/log.ts";
import { statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Db } from "../ports/db.ts";
import type { LiveEvent } from "../ports/live.ts";

export const insertEvent = statementBlind((db) =>
  db.insert(events).values({
    workspaceId: sql.placeholder("workspaceId"),
    type: sql.placeholder("type"),
    subjectId: sql.placeholder("subjectId"),
    conversationId: sql.placeholder("conversationId"),
    actorId: sql.placeholder("actorId"),
    data: sql.placeholder("data"),
    at: sql.placeholder("at"),
  }).prepare()
);

interface EventRow {
  readonly type: string;
  readonly subjectId: string;
  readonly conversationId: string | null;
  readonly data: Record<string, unknown>;
  readonly workspaceId: string;
}

const insertMany = statementBlind((db) =>
  db.insert(events).select(sql`select null, value ->> 0, value ->> 1, value ->> 2, value ->> 3,
    ${sql.placeholder("actorId")}, value -> 4, ${sql.placeholder("at")} from json_each(${
    sql.placeholder("rows")
  }) order by key`).prepare()
);

/** One statement, in the order of the rows. */
export async function insertEvents(
  tx: Tx,
  { rows, actorId, at }: { rows: readonly EventRow[]; actorId: string; at: number },
): Promise<void> {
  const given = rows.map((row) =>
    [row.workspaceId, row.type, row.subjectId, row.conversationId, row.data] as const
  );
  await insertMany(tx, { rows: JSON.stringify(given), actorId, at });
}

const COLUMNS = {
  seq: events.seq,
  workspaceId: events.workspaceId,
  type: events.type,
  conversationId: events.conversationId,
  subjectId: events.subjectId,
  data: events.data,
  at: events.at,
};

const pageOfWorkspace = statement((db) =>
  db.select(COLUMNS).from(events)
    .where(
      and(eq(events.workspaceId, sql.placeholder("workspaceId")), gt(events.seq, sql.placeholder("after"))),
    )
    .orderBy(asc(events.seq)).limit(sql.placeholder("limit")).prepare()
);

const pageOfConversation = statement((db) =>
  db.select(COLUMNS).from(events)
    .where(and(
      eq(events.conversationId, sql.placeholder("conversationId")),
      eq(events.workspaceId, sql.placeholder("workspaceId")),
      gt(events.seq, sql.placeholder("after")),
    ))
    .orderBy(asc(events.seq)).limit(sql.placeholder("limit")).prepare()
);

export interface EventFilter {
  readonly after: number;
  readonly limit: number;
  readonly conversationId?: string | null;
  /** `ticket.opened`, `ticket.*` or `*`; of none of these there is nothing. */
  readonly types?: readonly string[];
}

/** `ticket.*` is whatever begins with `ticket.`; "/" is what follows the dot. */
function ofType(pattern: string): SQL | undefined {
  if (!pattern.endsWith(".*")) return eq(events.type, pattern);
  const stem = pattern.slice(0, -2);
  return and(gte(events.type, `${stem}.`), lt(events.type, `${stem}/`));
}

export async function selectEvents(ctx: Ctx, filter: EventFilter): Promise<LiveEvent[]> {
  const { after, limit, conversationId = null, types } = filter;
  const { workspaceId } = ctx;
  if (types === undefined || types.includes("*")) {
    return conversationId === null
      ? await pageOfWorkspace(ctx, { workspaceId, after, limit })
      : await pageOfConversation(ctx, { workspaceId, conversationId, after, limit });
  }
  return await ctx.db.select(COLUMNS).from(events)
    .where(and(
      eq(events.workspaceId, workspaceId),
      gt(events.seq, after),
      or(...types.map(ofType)),
      conversationId === null ? undefined : eq(events.conversationId, conversationId),
    ))
    .orderBy(asc(events.seq)).limit(limit);
}

const lastOfWorkspace = statement((db) =>
  db.select({ seq: max(events.seq) }).from(events)
    .where(eq(events.workspaceId, sql.placeholder("workspaceId"))).prepare()
);

export async function selectLatestSeq(ctx: Ctx): Promise<number> {
  const [row] = await lastOfWorkspace(ctx, { workspaceId: ctx.workspaceId });
  return row?.seq ?? 0;
}

const pageOfAll = statement((db) =>
  db.select(COLUMNS).from(events).where(gt(events.seq, sql.placeholder("after")))
    .orderBy(asc(events.seq)).limit(sql.placeholder("limit")).prepare()
);

/** Across all workspaces: for durable consumers, which act as the system. */
export async function selectEventsOfAll(
  ctx: Ctx,
  at: { after: number; limit: number },
): Promise<LiveEvent[]> {
  return await pageOfAll(ctx, at);
}

const ERASED = sql`'{"erased":true}'`;

const emptied = statement((db) =>
  db.select({ seq: events.seq }).from(events)
    .where(
      sql`${events.seq} in (select value from json_each(${
        sql.placeholder("seqs")
      })) and ${events.data} = ${ERASED}`,
    )
    .prepare()
);

/** Those of these events whose words are gone, of whatever workspace: for durable consumers, which act as the system. */
export async function selectEmptied(at: Ctx, seqs: readonly number[]): Promise<ReadonlySet<number>> {
  return new Set((await emptied(at, { seqs: JSON.stringify(seqs) })).map(({ seq }) => seq));
}

/** One event, of whatever workspace: for durable consumers, which act as the system. */
export async function selectEvent(ctx: Ctx, seq: number): Promise<LiveEvent | null> {
  return (await ctx.db.select(COLUMNS).from(events).where(eq(events.seq, seq)).limit(1))[0] ?? null;
}

/** Who did what an event tells of; null: there is no such event. */
export async function selectEventActor(ctx: Ctx, seq: number): Promise<string | null> {
  const [row] = await ctx.db.select({ actorId: events.actorId }).from(events)
    .where(and(eq(events.workspaceId, ctx.workspaceId), eq(events.seq, seq))).limit(1);
  return row?.actorId ?? null;
}

const firstAfter = statement((db) =>
  db.select({ seq: events.seq, at: events.at }).from(events)
    .where(
      and(eq(events.workspaceId, sql.placeholder("workspaceId")), gt(events.seq, sql.placeholder("after"))),
    )
    .orderBy(asc(events.seq)).limit(1).prepare()
);

/** The sequence number after which the workspace's events are not older than a time: found by halves. */
export async function selectSeqBefore(ctx: Ctx, time: number): Promise<number> {
  let [low, high] = [0, await selectLatestSeq(ctx)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await firstAfter(ctx, { workspaceId: ctx.workspaceId, after: middle });
    if (event !== undefined && event.at < time) low = event.seq;
    else high = middle;
  }
  return low;
}

const given = (name: string) => sql`(select value from json_each(${sql.placeholder(name)}))`;
const OF_SUBJECTS = sql`subject_id in ${given("subjectIds")}`;
const OF_CONVERSATIONS = sql`conversation_id in ${given("conversationIds")}`;

/** The plus keeps SQLite from walking the workspace's. */
const empty = (db: Db, which: SQL) =>
  db.update(events).set({ data: ERASED })
    .where(sql`+workspace_id = ${sql.placeholder("workspaceId")} and data <> ${ERASED} and ${which}`);

const emptyOfSubjects = statementBlind((db) => empty(db, OF_SUBJECTS).prepare());
const emptyOfConversations = statementBlind((db) => empty(db, OF_CONVERSATIONS).prepare());

/** What events are about. */
export interface Subjects {
  readonly subjectIds?: readonly string[];
  readonly conversationIds?: readonly string[];
}

/** The log keeps that something happened to these; what was said goes. */
export async function emptyEvents(
  tx: Tx,
  { subjectIds = [], conversationIds = [] }: Subjects,
): Promise<void> {
  const { workspaceId } = tx;
  if (subjectIds.length > 0) {
    await emptyOfSubjects(tx, { workspaceId, subjectIds: JSON.stringify(subjectIds) });
  }
  if (conversationIds.length > 0) {
    await emptyOfConversations(tx, { workspaceId, conversationIds: JSON.stringify(conversationIds) });
  }
}

const someAfter = statement((db) => {
  const after = sql`seq > ${sql.placeholder("after")}`;
  const found = sql`select seq from events where ${OF_SUBJECTS} and ${after}
    union select seq from events where ${OF_CONVERSATIONS} and ${after}
    order by seq limit ${sql.placeholder("limit")}`;
  return db.select({ seq: sql<number>`seq` }).from(sql`(${found})`).prepare();
});
const emptyThese = statementBlind((db) => empty(db, sql`seq in ${given("seqs")}`).prepare());

/** The same for the next ones after a place in the log; resolves to the next place, null: these were the last. */
export async function emptyEventsAfter(
  tx: Tx,
  { subjectIds = [], conversationIds = [], after, limit }: Subjects & { after: number; limit: number },
): Promise<number | null> {
  const ids = { subjectIds: JSON.stringify(subjectIds), conversationIds: JSON.stringify(conversationIds) };
  const seqs = (await someAfter(tx, { ...ids, after, limit })).map(({ seq }) => seq);
  await emptyThese(tx, { workspaceId: tx.workspaceId, seqs: JSON.stringify(seqs) });
  return seqs.length < limit ? null : seqs.at(-1) ?? null;
}

const cursorsOf = statement((db) =>
  db.select({ consumer: eventCursors.consumer, seq: eventCursors.seq }).from(eventCursors)
    .where(sql`${eventCursors.consumer} in (select value from json_each(${sql.placeholder("consumers")}))`)
    .prepare()
);

/** How far each of these has read; one that is new is left out. */
export async function selectCursors(
  ctx: Ctx,
  consumers: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await cursorsOf(ctx, { consumers: JSON.stringify(consumers) });
  return new Map(rows.map(({ consumer, seq }) => [consumer, seq]));
}

const startCursors = statement((db) =>
  db.insert(eventCursors).select(sql`select value, ${sql.placeholder("to")}, ${sql.placeholder("now")}
    from json_each(${sql.placeholder("consumers")}) where true`).onConflictDoNothing().prepare()
);

const advanceCursors = statement((db) =>
  db.update(eventCursors).set({
    seq: sql`${sql.placeholder("to")}`,
    updatedAt: sql`${sql.placeholder("now")}`,
  }).where(
    and(
      sql`${eventCursors.consumer} in (select value from json_each(${sql.placeholder("consumers")}))`,
      eq(eventCursors.seq, sql.placeholder("from")),
    ),
  ).prepare()
);

/** Moves these cursors if all still stand at `from`; false when another instance moved one of them first. */
export async function moveCursors(
  tx: Tx,
  move: { consumers: readonly string[]; from: number | null; to: number },
): Promise<boolean> {
  const { from, to } = move;
  const values = { consumers: JSON.stringify(move.consumers), from, to, now: tx.now() };
  const { rowsAffected } = await (from === null ? startCursors : advanceCursors)(tx, values);
  return rowsAffected === move.consumers.length;
}

/** Deletes up to `limit` events older than `before` that every consumer alive since then has read. */
export async function deleteEvents(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const unread = tx.db.select({ seq: sql<number>`coalesce(min(${eventCursors.seq}), 9007199254740991)` })
    .from(eventCursors).where(gt(eventCursors.updatedAt, before));
  const old = tx.db.select({ seq: events.seq }).from(events)
    .where(sql`${events.at} < ${before} and ${events.seq} <= (${unread})`).orderBy(asc(events.seq)).limit(
      limit,
    );
  return (await tx.db.delete(events).where(inArray(events.seq, old))).rowsAffected;
}

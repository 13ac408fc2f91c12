import { type SQL, sql } from "drizzle-orm";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { iso } from "../kernel/clock.ts";
import type { Trace } from "./store.ts";

type Talked = Pick<Trace, "subjectIds" | "addresses" | "contactId">;

const about = (at: Ctx, subjectIds: readonly string[]) =>
  sql`workspace_id = ${at.workspaceId} and result is not null and result ->> 'id' in ${listed(subjectIds)}`;

/** Talks with Watson that were a person's own, or in which something was done for them or told to them. */
const talksOf = (at: Ctx, { subjectIds, addresses, contactId }: Talked): SQL =>
  sql`(select session_id from watson_activities where ${about(at, subjectIds)}
    union select session_id from watson_activities where workspace_id = ${at.workspaceId}
      and result ->> 'recipient' is not null and result ->> 'recipient' in ${listed(addresses)}
    union select id from watson_sessions where workspace_id = ${at.workspaceId}
      and user is not null and user in ${listed([contactId, ...addresses])})`;

const MOST = 10_000;

/** What was said in these talks, for an export. */
export async function exportTalksOf(at: Ctx, talked: Talked): Promise<Record<string, unknown>> {
  const rows = await at.db.all<{ text: string; reply: string; created_at: number }>(
    sql`select text, reply, created_at from watson_activities
      where workspace_id = ${at.workspaceId} and session_id in ${talksOf(at, talked)}
      order by session_id, id limit ${MOST}`,
  );
  return { watson_turns: rows.map((row) => ({ ...row, created_at: iso(row.created_at) })) };
}

/** Empties these talks: that there were turns, and what they came to, stays for the figures. */
export async function emptyTalksOf(tx: Tx, talked: Talked): Promise<void> {
  const found = await tx.db.all<{ id: string }>(sql`select session_id as id from ${talksOf(tx, talked)}`);
  const ids = found.map(({ id }) => id);
  await tx.db.run(sql`update watson_activities set text = '', reply = '', result = null
    where workspace_id = ${tx.workspaceId} and session_id in ${listed(ids)}`);
  await emptySessions(tx, ids);
}

/** A talk without whose it was and what it waited for. */
export async function emptySessions(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.run(sql`update watson_sessions set user = null, pending = null, external_id = id
    where +workspace_id = ${tx.workspaceId} and id in ${listed(ids)}`);
}

/** Where a read of rows in the order of their time begins: behind this one. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

interface Said extends Place {
  /** All its words. */
  readonly said: string;
}

/** The next turns, the oldest first. */
export async function selectSaid(
  at: Ctx,
  { after, until, limit }: { after: Place; until: number; limit: number },
): Promise<Said[]> {
  return await at.db.all<Said>(sql`
    select id, created_at as at, text || char(10) || reply || char(10) || coalesce(result, '') as said
    from watson_activities where workspace_id = ${at.workspaceId}
      and (created_at, id) > (${after.at}, ${after.id}) and created_at <= ${until}
    order by created_at, id limit ${limit}`);
}

/** The next talks that had begun, with what they are called by and wait for, the longest silent first. */
export async function selectTalkers(
  at: Ctx,
  { after, until, limit }: { after: Place; until: number; limit: number },
): Promise<Said[]> {
  return await at.db.all<Said>(sql`
    select id, last_at as at, coalesce(user, '') || char(10) || external_id || char(10) || coalesce(pending, '') as said
    from watson_sessions where workspace_id = ${at.workspaceId} and (last_at, id) > (${after.at}, ${after.id})
      and created_at <= ${until}
    order by last_at, id limit ${limit}`);
}

/** Empties these turns alone. */
export async function emptyTurns(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.run(sql`update watson_activities set text = '', reply = '', result = null
    where +workspace_id = ${tx.workspaceId} and id in ${listed(ids)}`);
}

/** Empties the turns alone in which something was done about these. */
export async function emptyTurnsAbout(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  await tx.db.run(sql`update watson_activities set text = '', reply = '', result = null
    where ${about(tx, subjectIds)}`);
}

import { sql } from "drizzle-orm";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { TicketState } from "./store.ts";

export interface StandingRow {
  readonly id: string;
  readonly createdAt: number;
  readonly state: TicketState;
  /** When it last became another; null: it never did. */
  readonly stateAt: number | null;
  /** Our last public word; null: there is none. */
  readonly ours: number | null;
  /** The customer's first public word after it; null: there is none. */
  readonly theirs: number | null;
}

const STATE_CHANGE = sql`h.ticket_id = t.id and h.workspace_id = t.workspace_id
  and h.changes ->> '$.state.to' is not null`;
/** What came from other tickets is no word of this one. */
const PUBLIC_WORD = sql`c.ticket_id = t.id and c.workspace_id = t.workspace_id
  and c.visibility = 'public' and c.origin_id is null`;

/** How these tickets stood at a time, by their histories and their words; those that were not there yet are left out. */
export async function selectStandings(
  at: Ctx,
  { ticketIds, time }: { ticketIds: readonly string[]; time: number },
): Promise<StandingRow[]> {
  return await at.db.all<StandingRow>(sql`
    select t.id, t.created_at as "createdAt", t.state, t.state_at as "stateAt",
      (select c.created_at from ticket_comments c where c.id = t.ours_id) as "ours",
      (select c.created_at from ticket_comments c where ${PUBLIC_WORD} and c.author = 'customer'
        and c.id > coalesce(t.ours_id, '') and c.created_at <= ${time} order by c.id limit 1) as "theirs"
    from (
      select t.id, t.workspace_id, t.created_at,
        coalesce((select h.changes ->> '$.state.from' from ticket_history h
          where ${STATE_CHANGE} and h.at > ${time} order by h.seq limit 1), t.state) as state,
        (select h.at from ticket_history h
          where ${STATE_CHANGE} and h.at <= ${time} order by h.seq desc limit 1) as state_at,
        (select c.id from ticket_comments c where ${PUBLIC_WORD} and c.author = 'operator'
          and c.created_at <= ${time} order by c.id desc limit 1) as ours_id
      from tickets t
      where t.id in ${listed(ticketIds)} and t.workspace_id = ${at.workspaceId} and t.created_at <= ${time}
    ) t`);
}

/** The tickets that were there at a time and are not done, or changed since: one that was done then may be among them. */
export async function selectThereAt(
  at: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<string[]> {
  const there = sql`workspace_id = ${at.workspaceId} and created_at <= ${time}`;
  const rows = await at.db.all<{ id: string }>(sql`
    select id from (select id from tickets indexed by tickets_on_hand
      where ${there} and state not in ('resolved', 'closed') limit ${limit})
    union all
    select id from (select id from tickets indexed by tickets_updated
      where ${there} and updated_at > ${time} and state in ('resolved', 'closed') limit ${limit})
    limit ${limit}`);
  return rows.map(({ id }) => id);
}

import { sql } from "drizzle-orm";
import { JOB_STATE, jobs } from "../../db/schema/jobs.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";
import { CLAIMED, type ClaimedJob } from "./store.ts";

const p = sql.placeholder;

/** How many jobs of a workspace may run at once in a lane, in all processes; 0: none starts. */
export interface Rooms {
  /** For every workspace that has no number of its own; null: no bound. */
  readonly each: number | null;
  readonly of: Readonly<Record<string, number>>;
}

export interface TurnRequest {
  readonly lane: Lane;
  readonly limit: number;
  readonly leaseMs: number;
  readonly worker: string;
  /** The workspace that was served last; "" at the start, and for jobs of the platform. */
  readonly after: string;
  /** null: no workspace is bounded. */
  readonly rooms: Rooms | null;
}

export interface Turn {
  /** By rank. */
  readonly jobs: ClaimedJob[];
  /** For the next claim of this lane. */
  readonly after: string;
  /** There may be more that is ready. */
  readonly more: boolean;
}

/** Says what the index `jobs_turn` says, word for word. */
const owner = sql.raw("coalesce(workspace_id, '')");
const first = sql`(select min(${owner}) from jobs where state = 0 and lane = ${p("lane")})`;
const following = (what: ReturnType<typeof sql>) =>
  sql`coalesce((select min(${owner}) from jobs where state = 0 and lane = ${
    p("lane")
  } and ${owner} > ${what}), ${first})`;

/**
 * The workspaces that have something ready, from the one after the last served, round to the start; as many as could
 * be served, and one more for each that may be full. A look into the index for each, however many jobs they have.
 */
const turns = sql`turn(ws, origin, n) as (
  select w, w, 1 from (select ${following(sql`${p("after")}`)} as w)
  union all
  select ${following(sql`turn.ws`)}, origin, n + 1 from turn
  where ws is not null and n < cast(${p("most")} as integer) and (n = 1 or ws <> origin)
)`;

/** The round ends where it began, so that one comes twice. */
const once = sql`ws is not null and (n = 1 or ws <> origin)`;

const anybody = sql`place(ws, room) as materialized (
  select ws, cast(${p("limit")} as integer) from turn where ${once}
)`;

/** What runs is as much as all workers can run: hundreds of rows, read once. */
const whoHasRoom = sql`busy(ws, n) as materialized (
  select ${owner}, count(*) from jobs where state = 2 and lane = ${p("lane")} group by 1
), place(ws, room) as materialized (
  select ws, room from (
    select ws, cast(coalesce((select value from json_each(${p("of")}) where key = ws), ${
  p("each")
}) as integer)
      - coalesce((select n from busy where busy.ws = served.ws), 0) as room
    from turn as served where ${once}
  ) where room > 0 limit cast(${p("limit")} as integer)
)`;

/** Of each place the same share, the longest waiting by rank; what some leave of theirs is for the next claim. */
const share = sql`(cast(${
  p("limit")
} as integer) + (select count(*) from place) - 1) / (select count(*) from place)`;

const claimFrom = (places: ReturnType<typeof sql>) =>
  statement((db) =>
    db.update(jobs)
      .set({
        state: JOB_STATE.leased,
        lease: sql<number>`${p("lease")}`,
        worker: sql`${p("worker")}`,
        fence: sql`${jobs.fence} + 1`,
        attempts: sql`${jobs.attempts} + 1`,
        startedAt: sql<number>`${p("now")}`,
      })
      .where(sql`${jobs.id} in (with recursive ${turns}, ${places}
        select its.value from place, json_each((select json_group_array(id) from (
          select id from jobs where state = 0 and lane = ${p("lane")} and ${owner} = place.ws
          order by rank limit ${share}))) as its
        where its.key < place.room
        limit cast(${p("limit")} as integer))`)
      .returning(CLAIMED).prepare()
  );

const claimOfAnybody = claimFrom(anybody);
const claimWithRoom = claimFrom(whoHasRoom);

/**
 * Takes up to `limit` ready jobs of the lane, going round the workspaces: each gets the same share of a claim, and the
 * next claim begins after the last one served. So ten thousand jobs of one never hold up the one job of another, with
 * no clock of shares to keep: whose turn it is costs one look into an index for each workspace served. Within a
 * workspace the lowest rank comes first. One statement, so atomic.
 */
export async function claimTurn(
  ctx: Ctx,
  { lane, limit, leaseMs, worker, after, rooms }: TurnRequest,
): Promise<Turn> {
  const now = ctx.now();
  const common = { lane, limit, worker, after, now, lease: now + leaseMs };
  const rows = rooms === null
    ? await claimOfAnybody(ctx, { ...common, most: limit })
    : await claimWithRoom(ctx, {
      ...common,
      most: limit + Math.max(limit, Object.keys(rooms.of).length),
      of: JSON.stringify(rooms.of),
      each: rooms.each ?? Number.MAX_SAFE_INTEGER,
    });
  const served = new Set(rows.map(({ workspaceId }) => workspaceId)).size;
  return {
    more: rows.length === limit || served > 1,
    jobs: rows.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)),
    after: lastServed(rows, after),
  };
}

/** The workspace that came last on the way round from `after`. */
function lastServed(rows: readonly ClaimedJob[], after: string): string {
  let [beyond, around] = ["", ""];
  for (const { workspaceId } of rows) {
    const ws = workspaceId ?? "";
    if (ws > after) beyond = ws > beyond ? ws : beyond;
    else around = ws > around ? ws : around;
  }
  return rows.length === 0 ? after : around !== "" ? around : beyond;
}

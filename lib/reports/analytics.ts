import type { Ctx } from "../context.ts";
import { iso, SECOND } from "../kernel/clock.ts";
import { decodeCursor, encodeCursor, notACursor, timeKey } from "../kernel/page.ts";
import { planReport } from "./plan.ts";
import { plainRow } from "./render.ts";
import type { Definition } from "./schemas.ts";
import { selectRows } from "./store.ts";

/** What changed within this time may still be joined by a change of the same instant: it comes with the next call. */
const SETTLED_MS = 5 * SECOND;

export interface FeedQuery {
  readonly definition: Pick<Definition, "dataset" | "columns" | "language">;
  /** 1 to 5000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Feed {
  readonly data: Record<string, unknown>[];
  /** Never null: keep it and come back for what changes later. */
  readonly next_cursor: string;
  readonly has_more: boolean;
}

/** Throws 422 by the name that the feed calls its cursor. */
function placeOf(since: string | undefined): { time: number; id: string } {
  if (since === undefined) return { time: 0, id: "" };
  try {
    const [time, id] = decodeCursor(since, 2);
    return { time: timeKey(time), id: String(id) };
  } catch {
    throw notACursor("since");
  }
}

/**
 * Rows of a dataset in the order of their last change, for tools that copy it bit by bit: a row that changes comes
 * again under its id. Throws 422 for an unknown dataset or column.
 */
export async function readFeed(ctx: Ctx, { definition, limit, cursor }: FeedQuery): Promise<Feed> {
  const plan = await planReport(ctx, { ...definition, filters: [], group_by: [], measures: [] });
  const after = placeOf(cursor);
  const to = ctx.now() - SETTLED_MS;
  const rows = await selectRows(ctx, {
    ...plan,
    columns: plan.read,
    to,
    after,
    limit: limit + 1,
    byChange: true,
  });
  const kept = rows.slice(0, limit);
  const last = kept.at(-1) ?? after;
  return {
    data: kept.map(({ cells, id, time }) => ({
      _id: id,
      _changed_at: iso(time),
      ...Object.fromEntries(
        plainRow(cells, plan.columns).map((cell, at) => [plan.columns[at]?.key ?? "", cell]),
      ),
    })),
    next_cursor: encodeCursor([last.time, last.id]),
    has_more: rows.length > limit,
  };
}

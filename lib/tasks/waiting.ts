import type { Ctx } from "../context.ts";
import { JOB_STATE, laneControls, OPEN_LANE } from "../jobs/mod.ts";
import { iso } from "../kernel/clock.ts";
import { capacities } from "./capacity.ts";
import { NEVER, type WAITING_REASONS } from "./schemas.ts";
import { countAhead, countRunning, type selectAttempts, type TaskRow } from "./store.ts";

/** Why a task has not started yet. */
export interface Waiting {
  readonly reason: typeof WAITING_REASONS[number];
  readonly detail: string;
  readonly until: string | null;
}

type Attempts = Awaited<ReturnType<typeof selectAttempts>>;

const MOST_AHEAD = 10_000;

/** null: it runs, or it has ended. */
export async function waitingOf(ctx: Ctx, row: TaskRow, attempts: Attempts): Promise<Waiting | null> {
  if (row.state === JOB_STATE.delayed) return delayed(row, attempts);
  if (row.state !== JOB_STATE.ready) return null;
  const control = (await laneControls(ctx)).get(row.lane) ?? OPEN_LANE;
  const own = control.workspaces.get(ctx.workspaceId);
  const because = (reason: Waiting["reason"], detail: string) => ({ reason, detail, until: null });
  if (control.paused) return because("lane_paused", `The lane "${row.lane}" is paused for everybody`);
  if (own?.paused) return because("workspace_paused", `The workspace paused its lane "${row.lane}"`);
  const running = own === undefined || own.concurrency === null ? 0 : await countRunning(ctx, row.lane);
  if (own !== undefined && own.concurrency !== null && running >= own.concurrency) {
    return because("workspace_limit", `${running} tasks of the workspace run in the lane: as many as it may`);
  }
  const capacity = (await capacities(ctx))?.(row.lane);
  if (capacity?.places === 0) {
    return because("no_worker", `No worker that lives runs the lane "${row.lane}"`);
  }
  const ahead = await countAhead(ctx, { lane: row.lane, rank: row.rank, most: MOST_AHEAD });
  const many = ahead === MOST_AHEAD ? "or more " : "";
  return because(
    "slot",
    `It waits for a free worker; ${ahead} ${many}of the workspace's tasks come before it`,
  );
}

function delayed({ runAt, childrenLeft, continueWhen }: TaskRow, attempts: Attempts): Waiting {
  if (continueWhen !== null || runAt === NEVER) {
    const detail = `${childrenLeft ?? 0} of its children have not ended; it goes on at: ${
      continueWhen ?? "all"
    }`;
    return { reason: "children", detail, until: null };
  }
  const until = iso(runAt);
  const last = attempts.at(-1);
  if (last?.outcome === "put_off") {
    return { reason: "rate_limited", detail: last.error ?? "It was put off", until };
  }
  return last?.outcome === "failed"
    ? { reason: "backing_off", detail: `Attempt ${last.number} failed: ${last.error ?? ""}`, until }
    : { reason: "delayed", detail: "It was submitted for a later time", until };
}

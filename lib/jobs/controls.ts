import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { Lane } from "../kernel/define-job.ts";
import type { Scope } from "../kernel/scopes.ts";
import { type ControlRow, selectControls, upsertControl } from "./controls-store.ts";
import type { Rooms } from "./turn-store.ts";

/** What holds of one lane, for all and for single workspaces. */
export interface LaneControl {
  readonly paused: boolean;
  readonly draining: boolean;
  /** Runs at once of each worker; null: as the worker is set up. */
  readonly concurrency: number | null;
  /** What workspaces said for themselves. */
  readonly workspaces: ReadonlyMap<
    string,
    { readonly paused: boolean; readonly draining: boolean; readonly concurrency: number | null }
  >;
  /** The same as a claim takes it; null: no workspace is bounded. */
  readonly rooms: Rooms | null;
}

export const OPEN_LANE: LaneControl = {
  paused: false,
  draining: false,
  concurrency: null,
  workspaces: new Map(),
  rooms: null,
};

type Controls = ReadonlyMap<Lane, LaneControl>;

/** What holds now, read from the database. A lane that is left out is open. */
export async function laneControls(ctx: Ctx): Promise<Controls> {
  const began = performance.now();
  const rows = await selectControls(ctx);
  const byLane = new Map<Lane, ControlRow[]>();
  for (const row of rows) byLane.set(row.lane, [...byLane.get(row.lane) ?? [], row]);
  const controls = new Map([...byLane].map(([lane, some]) => [lane, controlOf(some)]));
  // Who asked earlier and is answered later knows less.
  if (began >= (recent.get(ctx.ports.database)?.at ?? 0)) {
    recent.set(ctx.ports.database, { controls, at: began });
  }
  return controls;
}

function controlOf(rows: readonly ControlRow[]): LaneControl {
  const all = rows.find(({ workspaceId }) => workspaceId === "") ?? OPEN_LANE;
  const own = rows.filter(({ workspaceId }) => workspaceId !== "");
  const bounded = own.filter(({ paused, concurrency }) => paused || concurrency !== null);
  return {
    paused: all.paused,
    draining: all.draining,
    concurrency: all.concurrency,
    workspaces: new Map(own.map((row) => [row.workspaceId, row])),
    rooms: bounded.length === 0 ? null : {
      each: null,
      of: Object.fromEntries(bounded.map((row) => [row.workspaceId, row.paused ? 0 : row.concurrency ?? 0])),
    },
  };
}

/** How old an answer of `recentControls` may be. */
const RECENT_MS = 500;
const recent = new WeakMap<object, { controls: Controls; at: number }>();

/** The same, at most half a second old: for what is asked with every submission. */
export async function recentControls(ctx: Ctx): Promise<Controls> {
  const known = recent.get(ctx.ports.database);
  return known !== undefined && performance.now() - known.at < RECENT_MS
    ? known.controls
    : await laneControls(ctx);
}

export interface ControlChange {
  readonly lanes: readonly Lane[];
  /** For every workspace; needs `platform:write`. Otherwise for the actor's own. */
  readonly everybody: boolean;
  readonly paused?: boolean;
  readonly draining?: boolean;
  /** null: as it was set up. */
  readonly concurrency?: number | null;
  /** Needed for the actor's own workspace. */
  readonly scope: Scope;
}

/** Changes what is named of each lane, durably; every worker obeys within a second. Resolves to what then holds. */
export async function controlLane(ctx: Ctx, change: ControlChange): Promise<Controls> {
  const { lanes, everybody, scope } = change;
  requireScope(ctx, everybody ? "platform:write" : scope);
  const workspaceId = everybody ? "" : ctx.workspaceId;
  await ctx.transact(async (tx) => {
    const rows = await selectControls(tx);
    for (const lane of lanes) {
      const row = rows.find((one) => one.lane === lane && one.workspaceId === workspaceId) ?? OPEN_LANE;
      const { paused = row.paused, draining = row.draining, concurrency = row.concurrency } = change;
      await upsertControl(tx, { lane, workspaceId, paused, draining, concurrency });
    }
    await audit(tx, {
      action: "lane.control",
      subjectId: lanes.join(","),
      detail: {
        everybody,
        paused: change.paused,
        draining: change.draining,
        concurrency: change.concurrency,
      },
      ...(everybody ? { workspaceId: null } : {}),
    });
  });
  return await laneControls(ctx);
}

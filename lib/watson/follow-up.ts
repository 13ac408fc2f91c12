import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { RetryAfter } from "../kernel/retry.ts";
import { getReport } from "../reports/mod.ts";
import { KEEP_MS } from "./actions.ts";
import { deleteSessions } from "./store.ts";

const POLL_MS = 3 * SECOND;

/** Posts a report's outcome to where Orchestrate waits for it. Comes again while the report is being written. */
export async function followUp(
  ctx: Ctx,
  { reportId, callbackUrl }: { reportId: string; callbackUrl: string },
): Promise<void> {
  const { state, name, rows, size, error } = await getReport(ctx, reportId);
  if (state === "queued" || state === "running") throw new RetryAfter(POLL_MS, "The report is being written");
  const { publicUrl } = ctx.config.server;
  const download = `/api/reports/${reportId}/download`;
  const response = await ctx.ports.fetch(callbackUrl, {
    method: "POST",
    cut: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      report_id: reportId,
      state,
      name,
      rows,
      size,
      error,
      download_url: state !== "done"
        ? null
        : publicUrl === null
        ? download
        : new URL(download, publicUrl).href,
    }),
  });
  if (response.status < 200 || response.status > 299) {
    const retryable = response.status === 429 || response.status >= 500;
    throw new AppError(
      retryable ? "upstream_failed" : "upstream_rejected",
      `The callback answered ${response.status}`,
    );
  }
}

const BATCH = 200;

/** Deletes sessions past their time, with their turns. Resolves to how many. */
export async function sweepSessions(ctx: Ctx): Promise<number> {
  requireScope(ctx, "platform:write");
  let all = 0;
  for (let gone = BATCH; gone === BATCH; all += gone) {
    ctx.signal?.throwIfAborted();
    gone = await ctx.transact((tx) => deleteSessions(tx, { before: tx.now() - KEEP_MS, limit: BATCH }));
  }
  return all;
}

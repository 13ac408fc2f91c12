import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { SECOND } from "../kernel/clock.ts";
import { AppError, invalid, nullIfGone, underPath } from "../kernel/errors.ts";
import { LEFT_OUT } from "../kernel/redact.ts";
import { RetryAfter } from "../kernel/retry.ts";
import type { Locale } from "../knowledge/mod.ts";
import { getReport, linkToReport, type ReportView } from "../reports/mod.ts";
import { type Done, KEEP_MS } from "./actions.ts";
import type { Action } from "./intents.ts";
import { watsonFollowUp } from "./jobs.ts";
import { deleteSessions, selectLatestReport } from "./store.ts";
import { SAID } from "./words.ts";

const POLL_MS = 3 * SECOND;
const MOST_URL = 2000;

/** Throws 422 under the path of the address when it may not be called. */
export async function checkCallback(ctx: Ctx, { url, path }: { url: string; path: string }): Promise<void> {
  if (url.length > MOST_URL) throw invalid(path, "is too long");
  await ctx.ports.fetch.check(url).catch((thrown) => {
    throw underPath(path, thrown);
  });
}

interface Later {
  readonly action: Action;
  readonly result: Readonly<Record<string, unknown>>;
  readonly callbackUrl: string;
  readonly locale: Locale;
  readonly sessionId?: string;
}

/** What takes long is told of there when it is done: a report. */
export async function followLater(
  tx: Tx,
  { action, result: { id }, callbackUrl, locale, sessionId }: Later,
): Promise<void> {
  if (action !== "generate_report" || typeof id !== "string") return;
  await enqueue(tx, watsonFollowUp, {
    report_id: id,
    callback_url: callbackUrl,
    locale,
    session_id: sessionId ?? null,
  });
}

/** How the latest report of a talk stands, with the link to its file when it is done. */
export async function toldOfReport(
  ctx: Ctx,
  { sessionId, locale }: { sessionId: string | null; locale: Locale },
): Promise<Done> {
  const id = sessionId === null ? null : await selectLatestReport(ctx, sessionId);
  const report = id === null ? null : await nullIfGone(getReport(ctx, id));
  if (report === null) return { reply: SAID.no_report[locale], result: {} };
  const link = await linkOf(ctx, report);
  return { reply: outcomeOf(report, { locale, link }), result: { ...report, download_url: link } };
}

/** What is recorded has no secret: whoever asks for the same turn again gets a link that opens the file. */
export async function relinked<T extends { reply: string; result: Record<string, unknown> | null }>(
  ctx: Ctx,
  turn: T,
): Promise<T> {
  const { id, download_url: recorded } = turn.result ?? {};
  if (typeof id !== "string" || typeof recorded !== "string" || !recorded.endsWith(LEFT_OUT)) return turn;
  const report = await nullIfGone(getReport(ctx, id));
  const link = report === null ? null : await linkOf(ctx, report);
  if (link === null) return turn;
  return {
    ...turn,
    reply: turn.reply.replaceAll(recorded, () => link),
    result: { ...turn.result, download_url: link },
  };
}

/** Opens the file without a sign-in for as long as it is kept; null: there is none. */
async function linkOf(ctx: Ctx, { id, state, expires_at }: ReportView): Promise<string | null> {
  if (state !== "done" || expires_at === null) return null;
  return await linkToReport(ctx, { reportId: id, expiresAt: Date.parse(expires_at) });
}

function outcomeOf(
  { name, state }: ReportView,
  { locale, link }: { locale: Locale; link: string | null },
): string {
  if (state === "failed") {
    return {
      es: `No se pudo hacer el informe «${name}»: pídalo de nuevo.`,
      en: `The report "${name}" could not be made: ask for it anew.`,
    }[locale];
  }
  if (link === null) {
    return {
      es: `El informe «${name}» aún se prepara.`,
      en: `The report "${name}" is still being prepared.`,
    }[locale];
  }
  return {
    es: `El informe «${name}» está listo: ${link}`,
    en: `The report "${name}" is ready: ${link}`,
  }[locale];
}

interface FollowUp {
  readonly reportId: string;
  readonly callbackUrl: string;
  readonly sessionId: string | null;
  readonly locale: Locale;
}

/** Posts a report's outcome to where it is waited for. Comes again while the report is being written. */
export async function followUp(
  ctx: Ctx,
  { reportId, callbackUrl, sessionId, locale }: FollowUp,
): Promise<void> {
  const report = await getReport(ctx, reportId);
  const { state, name, rows, size, error } = report;
  if (state === "queued" || state === "running") throw new RetryAfter(POLL_MS, "The report is being written");
  const link = await linkOf(ctx, report);
  const response = await ctx.ports.fetch(callbackUrl, {
    method: "POST",
    cut: true,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...(sessionId === null ? {} : { session_id: sessionId }),
      reply: outcomeOf(report, { locale, link }),
      report_id: reportId,
      state,
      name,
      rows,
      size,
      error,
      download_url: link,
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

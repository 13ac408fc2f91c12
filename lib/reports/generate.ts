import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue, type JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { notify } from "../notifications/mod.ts";
import { DAY, iso, isoOrNull } from "../kernel/clock.ts";
import { AppError, messageOf, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { RetryAfter } from "../kernel/retry.ts";
import { redactText } from "../kernel/redact.ts";
import { DATASETS } from "./datasets.ts";
import { reportGenerate } from "./jobs.ts";
import { linkTo, openLink } from "./link.ts";
import { planReport } from "./plan.ts";
import { render, type Rendered } from "./render.ts";
import { reportReady } from "./templates.ts";
import { type Definition, definitionSchema, type Format } from "./schemas.ts";
import {
  deleteExpired,
  deleteReportRow,
  failAbandoned,
  finishReport,
  insertReport,
  type ReportRow,
  selectExpired,
  selectReport,
  selectReports,
  updateReport,
} from "./store-reports.ts";

/** Files of reports are kept so long. */
export const KEEP_MS = 30 * DAY;
/** A report that takes longer is given up. */
const ABANDONED_MS = DAY;
const MOST_BYTES = 2 * 1024 ** 3;
const EXPIRE_BATCH = 100;

export interface ReportView {
  readonly id: string;
  readonly name: string;
  readonly definition: Record<string, unknown>;
  readonly format: string;
  readonly state: ReportRow["state"];
  readonly recipients: string[];
  readonly rows: number | null;
  readonly size: number | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly expires_at: string | null;
}

export function reportView(row: ReportRow): ReportView {
  const { id, name, definition, format, state, recipients, rows, size, error } = row;
  return {
    id,
    name,
    definition,
    format,
    state,
    recipients,
    rows,
    size,
    error,
    created_at: iso(row.createdAt),
    finished_at: isoOrNull(row.finishedAt),
    expires_at: isoOrNull(row.expiresAt),
  };
}

export interface ReportOrder {
  readonly name?: string | undefined;
  readonly definition: Definition;
  readonly format: Format;
  /** Mail addresses that get a link when it is done. */
  readonly recipients?: readonly string[] | undefined;
}

/** A report at once, as a stream. Throws 422 when the definition does not fit. */
export async function openReport(
  ctx: Ctx,
  { definition, format }: Pick<ReportOrder, "definition" | "format">,
): Promise<Rendered> {
  return await render(ctx, { plan: await planReport(ctx, definition), format });
}

/** Throws 422 when a definition does not fit, as asking for it would. */
export async function checkReport(ctx: Ctx, definition: Definition): Promise<void> {
  requireScope(ctx, "reports:write");
  await planReport(ctx, definition);
}

/** Asks for a report as a file, which a job writes. Throws 422 when the definition does not fit. */
export async function requestReport(ctx: Ctx, order: ReportOrder): Promise<ReportView> {
  requireScope(ctx, "reports:write");
  const { title, personal } = await planReport(ctx, order.definition);
  const { name = title, definition, format, recipients = [] } = order;
  return await ctx.transact(async (tx) => {
    const row = await insertReport(tx, {
      id: newId("report"),
      name,
      definition,
      format,
      state: "queued",
      personal,
      recipients: [...new Set(recipients)],
      createdBy: tx.actor.id,
      createdAt: tx.now(),
    });
    await enqueue(tx, reportGenerate, { report_id: row.id });
    await audit(tx, { action: "report.request", subjectId: row.id, detail: { name, recipients } });
    return reportView(row);
  });
}

const formatOf = (row: ReportRow) => row.format as Format;

/** Writes the file. A second run of the job writes the same key again or finds the report done. */
export async function generateReport(ctx: JobCtx, reportId: string): Promise<void> {
  const row = await ctx.transact(async (tx) => {
    const row = await selectReport(tx, reportId);
    if (row === null || row.state === "done" || row.state === "withdrawn") return null;
    await updateReport(tx, reportId, { state: "running", error: null });
    return row;
  });
  if (row === null) return;
  const blobKey = `${ctx.workspaceId}/reports/${reportId}`;
  try {
    const plan = await planReport(ctx, definitionSchema.parse(row.definition));
    const rendered = await render(ctx, { plan, format: formatOf(row) });
    const { size } = await ctx.ports.blobs.put(blobKey, rendered.body, {
      contentType: rendered.contentType,
      maxBytes: MOST_BYTES,
    });
    const expiresAt = ctx.now() + KEEP_MS;
    const link = row.recipients.length === 0 ? "" : await linkTo(ctx, { reportId, expiresAt });
    const kept = await ctx.transact(async (tx) => {
      await ctx.finish(tx);
      const rows = rendered.rows();
      const finishedAt = tx.now();
      if (!await finishReport(tx, reportId, { state: "done", rows, size, blobKey, finishedAt, expiresAt })) {
        if (await selectReport(tx, reportId) === null) return false;
        throw new RetryAfter(0, "A person was erased while the report was written");
      }
      await emit(tx, { type: "report.ready", subjectId: reportId, data: { name: row.name, rows, size } });
      await tellRecipients(tx, { row, rows, link });
      return true;
    });
    if (!kept) await ctx.ports.blobs.delete(blobKey);
  } catch (thrown) {
    // We held the lease: nobody else has written it since.
    if (thrown instanceof RetryAfter) await ctx.ports.blobs.delete(blobKey);
    if (!endsHere(ctx, thrown)) throw thrown;
    const error = redactText(messageOf(thrown)).slice(0, 500);
    await ctx.transact(async (tx) => {
      await updateReport(tx, reportId, {
        state: "failed",
        error,
        finishedAt: tx.now(),
        expiresAt: tx.now() + KEEP_MS,
      });
      await emit(tx, { type: "report.failed", subjectId: reportId, data: { name: row.name, error } });
      await ctx.assertLease(tx);
    });
    await ctx.ports.blobs.delete(blobKey);
    throw thrown;
  }
}

/** The same report tells an address once, however often its job ran. */
async function tellRecipients(
  tx: Tx,
  { row, rows, link }: { row: ReportRow; rows: number; link: string },
): Promise<void> {
  if (row.recipients.length === 0) return;
  await notify(tx, {
    to: row.recipients.map((email) => ({ email })),
    template: reportReady,
    data: { name: row.name, rows, link },
    key: `report:${row.id}`,
    subjectId: row.id,
  });
}

/** No other attempt will come, or it would fail alike. */
function endsHere(ctx: JobCtx, thrown: unknown): boolean {
  if (ctx.signal.aborted || thrown instanceof RetryAfter) return false;
  return ctx.job.last || (thrown instanceof AppError && !thrown.retryable);
}

export async function listReports(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<ReportView>> {
  requireScope(ctx, "reports:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectReports(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: reportView });
}

async function load(at: Ctx, id: string): Promise<ReportRow> {
  const row = await selectReport(at, id);
  if (row === null) throw notFound("report", id);
  return row;
}

export async function getReport(ctx: Ctx, id: string): Promise<ReportView> {
  requireScope(ctx, "reports:read");
  return reportView(await load(ctx, id));
}

export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

const CONTENT_TYPE: Readonly<Record<string, string>> = {
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf",
};

/** The file of a report that is done. Throws 403 without its dataset's scope, 409 while it is not, 410 when it is gone. */
export async function downloadReport(ctx: Ctx, id: string): Promise<ReportFile> {
  requireScope(ctx, "reports:read");
  const row = await load(ctx, id);
  const { dataset } = definitionSchema.parse(row.definition);
  if (Object.hasOwn(DATASETS, dataset)) requireScope(ctx, DATASETS[dataset]?.scope ?? "reports:read");
  return await fileOf(ctx, row);
}

/** The same by the link of a mail: whoever has it may read the file until it expires. Throws 404 for any other. */
export async function downloadLinked(ctx: Ctx, token: string): Promise<ReportFile> {
  const { reportId, workspaceId } = await openLink(ctx, token);
  const at = ctx.as({ workspaceId });
  return await fileOf(at, await load(at, reportId));
}

async function fileOf(ctx: Ctx, row: ReportRow): Promise<ReportFile> {
  if (row.state === "withdrawn") throw new AppError("gone", row.error ?? "The file was removed");
  if (row.state !== "done" || row.blobKey === null) {
    throw new AppError("conflict", `The report is ${row.state}${row.error === null ? "" : `: ${row.error}`}`);
  }
  const blob = await ctx.ports.blobs.get(row.blobKey);
  if (blob === null) {
    throw new AppError("gone", "The file of this report is no longer there: ask for it anew");
  }
  const name = `${row.name} ${iso(row.createdAt).slice(0, 10)}.${row.format}`;
  return { name, contentType: CONTENT_TYPE[row.format] ?? "application/octet-stream", ...blob };
}

/** Deletes a report and its file. A job that still writes it finds no row and leaves nothing. */
export async function deleteReport(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "reports:write");
  const row = await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    await deleteReportRow(tx, id);
    await audit(tx, { action: "report.delete", subjectId: id, detail: { name: row.name } });
    return row;
  });
  if (row.blobKey !== null) await ctx.ports.blobs.delete(row.blobKey);
}

/**
 * Deletes what has expired, files first: a row without its file is found again, a file without its row is not. Ends
 * what a job that died with its process has left behind; should it run again after all, the report comes to be.
 */
export async function expireReports(ctx: Ctx): Promise<number> {
  requireScope(ctx, "platform:write");
  await ctx.transact(async (tx) => {
    const finishedAt = tx.now();
    const error = "Its work was lost: ask for it anew";
    await failAbandoned(tx, {
      before: finishedAt - ABANDONED_MS,
      error,
      finishedAt,
      expiresAt: finishedAt + KEEP_MS,
    });
  });
  let all = 0;
  for (;;) {
    ctx.signal?.throwIfAborted();
    const expired = await selectExpired(ctx, { now: ctx.now(), limit: EXPIRE_BATCH });
    for (const { blobKey } of expired) if (blobKey !== null) await ctx.ports.blobs.delete(blobKey);
    if (expired.length > 0) await ctx.transact((tx) => deleteExpired(tx, expired.map(({ id }) => id)));
    all += expired.length;
    if (expired.length < EXPIRE_BATCH) return all;
  }
}

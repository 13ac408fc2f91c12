import type { Context } from "hono";
import {
  catalogue,
  checkReport,
  deleteReport,
  downloadLinked,
  downloadReport,
  getReport,
  listReports,
  NAMED_REPORTS,
  type NamedReport,
  namedReport,
  openReport,
  readFeed,
  requestReport,
} from "../../lib/reports/mod.ts";
import { createSchedule, listTaskSchedules, toScheduleDto } from "../../lib/schedules/mod.ts";
import { attachmentHeaders, download } from "../conversations/download.ts";
import type { AppEnv } from "../env.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

/** The tool that a schedule of a report calls. */
const WRITES = "reports.generate";

export const reports = createRouter();

for (const name of Object.keys(NAMED_REPORTS) as NamedReport[]) {
  reports.openapi(contracts.namedReportRoute(name), async (c) => {
    const { format, ...query } = c.req.valid("query");
    return stream(c, await openReport(c.var.ctx, { definition: namedReport(name, query), format }));
  });
}

reports
  .openapi(contracts.customReportRoute, async (c) => {
    const { format, ...definition } = c.req.valid("json");
    return stream(c, await openReport(c.var.ctx, { definition, format }));
  })
  .openapi(contracts.catalogueRoute, (c) => {
    return c.json({ data: catalogue(c.var.ctx, c.req.valid("query")), next_cursor: null }, 200);
  })
  .openapi(contracts.feedRoute, async (c) => {
    const { page_size: limit, since: cursor, ...definition } = c.req.valid("query");
    return c.json(await readFeed(c.var.ctx, { definition, limit, cursor }), 200);
  })
  .openapi(contracts.listReportsRoute, async (c) => {
    return c.json(await listReports(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.requestReportRoute, async (c) => {
    return c.json(await requestReport(c.var.ctx, c.req.valid("json")), 202);
  })
  .openapi(contracts.linkedReportRoute, async (c) => {
    return download(c, await downloadLinked(c.var.ctx, c.req.valid("param").token));
  })
  .openapi(contracts.reportSchedulesRoute, async (c) => {
    const { ctx } = c.var;
    const page = await listTaskSchedules(ctx, { ...c.req.valid("query"), functionName: WRITES });
    return c.json({ ...page, data: page.data.map((row) => toScheduleDto(row, ctx.now())) }, 200);
  })
  .openapi(contracts.scheduleReportRoute, async (c) => {
    const { name, cron, zone, definition, format, recipients } = c.req.valid("json");
    await checkReport(c.var.ctx, definition);
    const row = await createSchedule(c.var.ctx, {
      name,
      timing: { cron, zone, at: undefined, everyMs: undefined },
      overlap: "skip",
      catchUp: "last",
      catchUpLimit: 1,
      task: { functionName: WRITES, args: { ...definition, name, format, recipients } },
      enabled: true,
    });
    return c.json(toScheduleDto(row, c.var.ctx.now()), 201);
  })
  .openapi(contracts.getReportRoute, async (c) => {
    return c.json(await getReport(c.var.ctx, c.req.valid("param").id), 200);
  })
  .openapi(contracts.downloadReportRoute, async (c) => {
    return download(c, await downloadReport(c.var.ctx, c.req.valid("param").id));
  })
  .openapi(contracts.deleteReportRoute, async (c) => {
    await deleteReport(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  });

/** A report on its way: JSON to be read here, everything else as a file. */
function stream(
  c: Context<AppEnv>,
  { name, contentType, body }: Awaited<ReturnType<typeof openReport>>,
): Response {
  const headers = contentType.includes("json")
    ? { "content-type": contentType }
    : attachmentHeaders({ name, contentType });
  return c.body(body as ReadableStream<Uint8Array<ArrayBuffer>>, 200, headers);
}

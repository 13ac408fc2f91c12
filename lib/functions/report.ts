import { z } from "zod";
import type { Ctx } from "../context.ts";
import { MINUTE } from "../kernel/clock.ts";
import { defineFunction, type TaskFunction } from "../kernel/define-function.ts";
import { AppError } from "../kernel/errors.ts";
import { definitionSchema, FORMATS, openReport } from "../reports/mod.ts";
import { filePath, fileWritten, folderOf } from "./file.ts";

/** Of one report that is written into a file. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Of one that is a result. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

const common = {
  workerType: "IO_INTENSIVE",
  scope: "reports:read",
  timeoutMs: 10 * MINUTE,
} as const;
const example = { dataset: "tickets", columns: ["number", "state"], range: "last_week" };
const table = z.object({
  columns: z.array(z.object({ key: z.string(), label: z.string(), kind: z.string() })),
  data: z.array(z.record(z.string(), z.unknown())),
});

function tooLong(): AppError {
  const detail = "The report is too long for a result: report.write writes it into a file";
  return new AppError("payload_too_large", detail, { extra: { max_bytes: MAX_CHARACTERS } });
}

export const reportFunctions: readonly TaskFunction<Ctx>[] = [
  defineFunction({
    ...common,
    name: "report.rows",
    summary: "The rows of a report as a result, for another task to work on",
    args: definitionSchema,
    result: table,
    examples: [{ args: example }],
    run: async (definition, { ctx }) => {
      const { body } = await openReport(ctx, { definition, format: "json" });
      const decoder = new TextDecoder();
      let json = "";
      for await (const bytes of body) {
        json += decoder.decode(bytes, { stream: true });
        if (json.length > MAX_CHARACTERS) throw tooLong();
      }
      return table.parse(JSON.parse(json));
    },
  }),
  defineFunction({
    ...common,
    name: "report.write",
    summary: "Writes a report into a file of the workspace, in place of what was there",
    args: definitionSchema.extend({ path: filePath, format: z.enum(FORMATS).default("csv") }),
    result: fileWritten.extend({ rows: z.number() }),
    examples: [{ args: { ...example, path: "reports/june.csv" } }],
    run: async ({ path, format, ...definition }, { ctx }) => {
      const { body, contentType, rows } = await openReport(ctx, { definition, format });
      const { size } = await ctx.ports.blobs.put(`${folderOf(ctx)}${path}`, body, {
        contentType,
        maxBytes: MAX_BYTES,
      });
      return { path, bytes: size, rows: rows() };
    },
  }),
];

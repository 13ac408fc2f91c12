import { z } from "@hono/zod-openapi";
import { AppError } from "../lib/kernel/errors.ts";

/** A file of a form. */
export const fileField = z.custom<File>(
  (value) => value instanceof File,
  "Send the file in the field `file`",
);

/** CSV as text, as a file in a form, or by itself: the bodies of an import. */
const csvBody = z.object({
  csv: z.string().max(4 * 1024 * 1024).openapi({ example: "external_id,name\ncrm-1,La Espiga\n" }),
}).openapi("CsvImport");
const csvForm = z.object({
  file: fileField.openapi({ type: "string", format: "binary", example: "clientes.csv" }),
}).openapi("CsvImportForm");

export const csvImportBody = {
  content: {
    "application/json": { schema: csvBody },
    "multipart/form-data": { schema: csvForm },
    "text/csv": { schema: z.string().openapi({ example: "external_id,name\ncrm-1,La Espiga\n" }) },
  },
} as const;

/** The file is the body itself: `curl --data-binary @clientes.csv -H 'content-type: text/csv'`. */
export const isPlainCsv = (contentType = "") => /^text\/csv\b/i.test(contentType);

/** What a report of an import says of a line that was not taken. */
export const badLineSchema = z.object({
  line: z.number().int().openapi({ example: 7 }),
  column: z.string().nullable().openapi({ example: "email" }),
  message: z.string().openapi({ example: "Invalid email address" }),
}).openapi("ImportError");

const MOST_BYTES = 25 * 1024 * 1024;

type CsvBody = z.output<typeof csvBody> | z.output<typeof csvForm> | string;

/** Which of the bodies with fields was sent. Throws 415. */
export function bodyKind(contentType = ""): "form" | "json" {
  if (contentType.startsWith("multipart/form-data")) return "form";
  if (/^application\/([a-z-]+\+)?json/.test(contentType)) return "json";
  throw new AppError("unsupported_media_type", "Send JSON, text/csv, or a file as multipart/form-data");
}

/** The CSV of any of these bodies. Throws 413. */
export async function csvOf(body: CsvBody): Promise<string | Uint8Array> {
  if (typeof body === "string") return body;
  if ("csv" in body) return body.csv;
  if (body.file.size > MOST_BYTES) {
    throw new AppError("payload_too_large", `An import has at most ${MOST_BYTES} bytes`, {
      extra: { max_bytes: MOST_BYTES },
    });
  }
  return new Uint8Array(await body.file.arrayBuffer());
}

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

/** What a report of an import says of a line that was not taken. */
export const badLineSchema = z.object({
  line: z.number().int().openapi({ example: 7 }),
  column: z.string().nullable().openapi({ example: "email" }),
  message: z.string().openapi({ example: "Invalid email address" }),
}).openapi("ImportError");

const MOST_BYTES = 25 * 1024 * 1024;

/** Which of the bodies with fields was sent. Throws 415. */
export function bodyKind(contentType = ""): "form" | "json" {
  if (contentType.startsWith("multipart/form-data")) return "form";
  if (/^application\/([a-z-]+\+)?json/.test(contentType)) return "json";
  throw new AppError("unsupported_media_type", "Send JSON, or a file as multipart/form-data");
}

interface CsvRequest {
  header(name: string): string | undefined;
  arrayBuffer(): Promise<ArrayBuffer>;
  valid(kind: "form" | "json"): z.output<typeof csvBody> | z.output<typeof csvForm> | string;
}

/**
 * The CSV of any of these bodies, as in `curl --data-binary @clientes.csv -H 'content-type: text/csv'` too. Throws 413,
 * 415.
 */
export async function csvOf(request: CsvRequest): Promise<string | Uint8Array> {
  const type = request.header("content-type") ?? "";
  if (/^text\/csv\b/i.test(type)) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    requireFits(bytes.length);
    return bytes;
  }
  const body = request.valid(bodyKind(type));
  if (typeof body === "string") return body;
  if ("csv" in body) return body.csv;
  requireFits(body.file.size);
  return new Uint8Array(await body.file.arrayBuffer());
}

function requireFits(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new AppError("payload_too_large", `An import has at most ${MOST_BYTES} bytes`, {
    extra: { max_bytes: MOST_BYTES },
  });
}

import type { z } from "@hono/zod-openapi";
import { AppError } from "../../lib/kernel/errors.ts";
import { type ImportInput, kindOfFile } from "../../lib/knowledge/mod.ts";
import type { importBody, importForm } from "./schemas.ts";

/** Reading a PDF costs memory and time beyond its size, so it may be smaller than other uploads. */
const MOST_BYTES = 25 * 1024 * 1024;

type JsonImport = z.output<typeof importBody>;
type FormImport = z.output<typeof importForm>;

/** What to import, out of either body. Throws 413, 415. */
export async function importOf(body: JsonImport | FormImport): Promise<ImportInput> {
  return "file" in body ? await importOfForm(body) : importOfJson(body);
}

/** An import out of a JSON body. */
function importOfJson(body: JsonImport): ImportInput {
  if (body.kind !== "pairs") {
    const { text, ...rest } = body;
    return { ...rest, content: text };
  }
  const pairs = body.pairs.map(({ question, answer, locale, tags }) => ({
    title: question,
    body: answer,
    locale: locale ?? null,
    tags: tags ?? [],
  }));
  return { kind: "pairs", pairs, source: body.source };
}

/** An import out of an uploaded file; its kind is read off its name. Throws 413, 415. */
async function importOfForm(
  { file, title, locale, tags }: z.output<typeof importForm>,
): Promise<ImportInput> {
  const kind = kindOfFile(file);
  if (file.size > MOST_BYTES) {
    throw new AppError("payload_too_large", `A file of knowledge has at most ${MOST_BYTES} bytes`, {
      extra: { max_bytes: MOST_BYTES },
    });
  }
  const content = new Uint8Array(await file.arrayBuffer());
  const names = tags?.split(",").map((tag) => tag.trim()).filter(Boolean);
  return { kind, content, source: file.name, title, locale: locale ?? null, tags: names };
}

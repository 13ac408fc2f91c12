import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Locale } from "../identity/schemas.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, type FieldError, invalidFields, isUniqueViolation, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { parse, variablesOf } from "./render.ts";
import type { TemplateInput } from "./schemas.ts";
import {
  deleteTemplateRow,
  insertTemplateRow,
  selectFramed,
  selectTemplateByName,
  selectTemplateRow,
  selectTemplateRows,
  type TemplateContent,
  type TemplateRow,
  updateTemplateRow,
} from "./store-templates.ts";
import type { Rendered, Template } from "./template.ts";
import { CONTENT, wordsOfRow } from "./words.ts";

export interface TemplateRowView {
  readonly id: string;
  readonly name: string;
  readonly kind: "template" | "layout";
  readonly category: string;
  readonly variables: TemplateContent["variables"];
  readonly texts: TemplateContent["texts"];
  readonly layout: string | null;
  readonly throttle: TemplateContent["throttle"];
  readonly digest_minutes: number | null;
  readonly created_at: string;
  readonly updated_at: string;
}

function view(row: TemplateRow): TemplateRowView {
  const { id, name, kind, category, variables, texts, layout, throttle, createdAt, updatedAt } = row;
  const times = { created_at: iso(createdAt), updated_at: iso(updatedAt) };
  const pace = { throttle, digest_minutes: row.digestMinutes };
  return { id, name, kind, category, variables, texts, layout, ...pace, ...times };
}

function toContent({ digest_minutes: digestMinutes, ...content }: TemplateInput): TemplateContent {
  return { ...content, digestMinutes };
}

/** The workspace's own templates and layouts. */
export async function listTemplateRows(
  ctx: Ctx,
  { limit, cursor }: PageRequest,
): Promise<Page<TemplateRowView>> {
  requireScope(ctx, "notifications:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectTemplateRows(ctx, { after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: view });
}

export async function getTemplateRow(ctx: Ctx, id: string): Promise<TemplateRowView> {
  requireScope(ctx, "notifications:read");
  return view(await load(ctx, id));
}

/** What is saved, and the built-in templates whose words a row of their name replaces. */
export interface SaveTemplate {
  readonly content: TemplateInput;
  readonly builtIn: readonly Template[];
}

/** Throws 422 with the path of each text that uses a variable which is not declared, 409 for a name that is taken. */
export async function createTemplateRow(
  ctx: Ctx,
  { content, builtIn }: SaveTemplate,
): Promise<TemplateRowView> {
  requireScope(ctx, "business:write");
  const id = newId("notificationTemplate");
  try {
    return await ctx.transact(async (tx) => {
      await check(tx, { content: toContent(content), builtIn });
      await insertTemplateRow(tx, { id, ...toContent(content) });
      await audit(tx, {
        action: "notification_template.create",
        subjectId: id,
        detail: { name: content.name },
      });
      return view(await load(tx, id));
    });
  } catch (thrown) {
    throw isUniqueViolation(thrown) ? taken(content.name) : thrown;
  }
}

export async function replaceTemplateRow(
  ctx: Ctx,
  { id, ...save }: SaveTemplate & { id: string },
): Promise<TemplateRowView> {
  requireScope(ctx, "business:write");
  try {
    return await ctx.transact(async (tx) => {
      const before = await load(tx, id);
      await check(tx, { ...save, content: toContent(save.content) });
      if (before.kind === "layout") await keepFramed(tx, { before, ...save });
      await updateTemplateRow(tx, id, toContent(save.content));
      await audit(tx, {
        action: "notification_template.change",
        subjectId: id,
        detail: { name: save.content.name },
      });
      return view(await load(tx, id));
    });
  } catch (thrown) {
    throw isUniqueViolation(thrown) ? taken(save.content.name) : thrown;
  }
}

/** Throws 409 while a layout frames a template. */
export async function removeTemplateRow(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "business:write");
  await ctx.transact(async (tx) => {
    const { name, kind } = await load(tx, id);
    if (kind === "layout") await requireUnframed(tx, name);
    await deleteTemplateRow(tx, id);
    await audit(tx, { action: "notification_template.remove", subjectId: id, detail: { name } });
  });
}

async function requireUnframed(tx: Tx, name: string): Promise<void> {
  const framed = await selectFramed(tx, name);
  if (framed !== null) throw new AppError("conflict", `The layout frames the template "${framed}"`);
}

/** Templates name their layout: one that frames some keeps its name and stays a layout. */
async function keepFramed(
  tx: Tx,
  { before, content }: SaveTemplate & { before: TemplateRow },
): Promise<void> {
  if (content.kind !== "layout" || content.name !== before.name) await requireUnframed(tx, before.name);
}

export interface Preview extends Pick<SaveTemplate, "builtIn"> {
  readonly id: string;
  readonly locale: Locale;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A template as a reader would get it; what `data` leaves out is taken from the examples: the variables', or those of
 * the built-in one whose words it replaces.
 */
export async function previewTemplate(ctx: Ctx, { id, locale, data, builtIn }: Preview): Promise<Rendered> {
  requireScope(ctx, "notifications:read");
  const row = await load(ctx, id);
  const examples = Object.fromEntries(
    Object.entries(row.variables).map(([name, one]) => [name, one.example]),
  );
  if (row.kind === "layout") {
    const sample = {
      texts: { es: { subject: "Asunto", text: "Texto" }, en: { subject: "Subject", text: "Text" } },
    };
    return wordsOfRow({ row: sample, layout: row }, locale, {});
  }
  const layout = row.layout === null ? null : await selectTemplateByName(ctx, row.layout);
  return wordsOfRow({ row, layout }, locale, { ...examples, ...exampleOf(builtIn, row.name), ...data });
}

/** The data of the built-in template of that name; null: there is none. */
function exampleOf(builtIn: readonly Template[], wanted: string): Readonly<Record<string, unknown>> | null {
  const example = builtIn.find(({ name }) => name === wanted)?.example;
  return typeof example === "object" && example !== null ? { ...example } : null;
}

interface Checked extends Pick<SaveTemplate, "builtIn"> {
  readonly content: TemplateContent;
}

/** The names that a text may read, and whether each holds names of its own. */
function declaredBy({ content, builtIn }: Checked): ReadonlyMap<string, boolean> {
  const example = exampleOf(builtIn, content.name);
  if (example === null) {
    return new Map(
      Object.entries(content.variables).map((
        [name, { type }],
      ) => [name, type === "list" || type === "object"]),
    );
  }
  return new Map(Object.entries(example).map(([name, value]) => [name, typeof value === "object"]));
}

async function check(at: Ctx, { content, builtIn }: Checked): Promise<void> {
  const errors: FieldError[] = [];
  const declared = declaredBy({ content, builtIn });
  if (Object.keys(content.texts).length === 0) {
    errors.push({ path: "texts", message: "needs at least one language" });
  }
  for (const [locale, words] of Object.entries(content.texts)) {
    for (const [part, text] of Object.entries(words)) {
      if (typeof text !== "string") continue;
      const path = `texts.${locale}.${part}`;
      const own = content.kind === "layout" ? text.split(CONTENT) : [text];
      for (const one of own) {
        errors.push(...undeclared(one, path, content.kind === "layout" ? LAYOUT : declared));
      }
      if (content.kind === "layout" && part === "html" && own.length !== 2) {
        errors.push({ path, message: `must have ${CONTENT} once: there the mail's own words go` });
      }
    }
    if (content.kind === "layout" && words.html === undefined) {
      errors.push({ path: `texts.${locale}.html`, message: "is what a layout is made of" });
    }
  }
  const layout = content.layout === null ? null : await selectTemplateByName(at, content.layout);
  if (content.layout !== null && content.kind === "layout") {
    errors.push({ path: "layout", message: "a layout has none itself" });
  } else if (content.layout !== null && layout?.kind !== "layout") {
    errors.push({ path: "layout", message: "is no layout of this workspace" });
  }
  for (
    const [path, value] of [["throttle", content.throttle], [
      "digest_minutes",
      content.digestMinutes,
    ]] as const
  ) {
    if (content.kind === "layout" && value !== null) {
      errors.push({ path, message: "is for what is sent: a layout has none" });
    }
  }
  if (errors.length > 0) throw invalidFields(errors);
}

const LAYOUT: ReadonlyMap<string, boolean> = new Map([["subject", false]]);

function undeclared(text: string, path: string, declared: ReadonlyMap<string, boolean>): FieldError[] {
  try {
    const names = variablesOf(parse(text, path), (name) => declared.get(name) ?? true);
    return names.filter((name) => !declared.has(name))
      .map((name) => ({ path, message: `uses {{${name}}}, which is none of its variables` }));
  } catch (thrown) {
    if (thrown instanceof AppError) return [...thrown.errors];
    throw thrown;
  }
}

function taken(name: string): AppError {
  return new AppError("conflict", `There is a template or layout named "${name}"`);
}

async function load(at: Ctx, id: string): Promise<TemplateRow> {
  const row = await selectTemplateRow(at, id);
  if (row === null) throw notFound("template", id);
  return row;
}

import { type Ctx, oncePerTransaction, type Tx } from "../context.ts";
import type { Locale } from "../identity/schemas.ts";
import { MINUTE } from "../kernel/clock.ts";
import { escapeHtml } from "../kernel/text.ts";
import { parse, render } from "./render.ts";
import { selectTemplateByName, type TemplateRow } from "./store-templates.ts";
import { type Rendered, renderText, type Template } from "./template.ts";

/** Where a layout takes the mail's own words. */
export const CONTENT = "{{content}}";

/** How a row's words and its layout make a mail. */
export interface Wording {
  readonly row: Pick<TemplateRow, "texts">;
  readonly layout: Pick<TemplateRow, "texts"> | null;
}

/** The words in a language, or in the other one where it has none. */
export function wordsOfRow({ row, layout }: Wording, locale: Locale, data: unknown): Rendered {
  const words = row.texts[locale] ?? row.texts.es ?? row.texts.en ?? { subject: "", text: "" };
  const rendered = renderText(words, data);
  const frame = layout?.texts[locale] ?? layout?.texts.es ?? layout?.texts.en;
  return frame?.html === undefined ? rendered : { ...rendered, html: framed(frame.html, rendered) };
}

/** The content is HTML already; everything else in a layout is escaped. */
function framed(layout: string, { subject, html }: Rendered): string {
  return layout.split(CONTENT).map((part) => render(parse(part), { subject }, escapeHtml)).join(html);
}

/** A workspace's own words of that name with their layout; null: it has none. */
export async function wordingOf(
  at: Ctx,
  name: string,
): Promise<Wording & { readonly row: TemplateRow } | null> {
  const row = await selectTemplateByName(at, name);
  if (row === null || row.kind !== "template") return null;
  const layout = row.layout === null ? null : await selectTemplateByName(at, row.layout);
  return { row, layout };
}

const ownWording = oncePerTransaction(wordingOf);

/** How often and how closely together a template tells one address. */
export type Pace = Pick<Template, "throttle" | "digest">;

export interface Speaker<D> {
  readonly say: (locale: Locale, data: D) => Rendered;
  readonly pace: Pace;
}

/** What a template says in this workspace: its own words and pace under that name, else the built-in ones. */
export async function speaker<D>(tx: Tx, template: Template<D>): Promise<Speaker<D>> {
  const own = await ownWording(tx, template.name);
  if (own === null) {
    return { say: (locale, data) => renderText(template.texts[locale], data), pace: template };
  }
  return { say: (locale, data) => wordsOfRow(own, locale, data), pace: { ...template, ...paceOf(own.row) } };
}

/** What a row says of its pace; what it leaves out is not there. */
export function paceOf({ throttle, digestMinutes }: Pick<TemplateRow, "throttle" | "digestMinutes">): Pace {
  return {
    ...(throttle === null
      ? {}
      : { throttle: { limit: throttle.limit, windowMs: throttle.minutes * MINUTE } }),
    ...(digestMinutes === null ? {} : { digest: { windowMs: digestMinutes * MINUTE } }),
  };
}

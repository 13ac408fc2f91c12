import type { ZodType } from "zod";
import type { Locale } from "../identity/schemas.ts";
import { escapeHtml } from "../kernel/text.ts";
import { parse, render } from "./render.ts";
import type { NotifyChannel, Priority } from "./schemas.ts";

/** What is said in one language; logic-less templates (render.ts). */
export interface TemplateText {
  readonly subject: string;
  readonly text: string;
  /** The body of the mail; without it the text in paragraphs. */
  readonly html?: string | undefined;
}

/** A kind of notification, declared beside the domain that sends it. */
export interface Template<D = unknown> {
  /** `noun.past`, for example `ticket.assigned`; unique. */
  readonly name: string;
  /** What people mute or keep, for example `tickets`. */
  readonly category: string;
  readonly schema: ZodType<D>;
  readonly texts: Readonly<Record<Locale, TemplateText>>;
  /** How users hear of it where they don't say otherwise. Default: in_app and email. */
  readonly userChannels?: readonly NotifyChannel[];
  /** How contacts hear of it: the first of these that reaches them. Default: email. */
  readonly contactChannels?: readonly NotifyChannel[];
  /** Default normal. */
  readonly priority?: Priority;
  /** At most so many to one address in a time; what is more is skipped. */
  readonly throttle?: { readonly limit: number; readonly windowMs: number };
  /** What comes to one address within the time is told in one message. */
  readonly digest?: { readonly windowMs: number };
  /** Example data, for previews and for the check that every variable is known. */
  readonly example: D;
}

/** Declares a template; throws when its texts can't be read. */
export function defineTemplate<D>(template: Template<D>): Template<D> {
  for (const [locale, { subject, text, html = "" }] of Object.entries(template.texts)) {
    for (const part of [subject, text, html]) parse(part, `${template.name}.${locale}`);
  }
  return template;
}

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const SUBJECT_MAX = 200;

/** Values are escaped in HTML; line breaks in a subject would start another header. */
export function renderText({ subject, text, html }: TemplateText, data: unknown): Rendered {
  const words = render(parse(text), data);
  return {
    subject: render(parse(subject), data).replace(/\s+/g, " ").trim().slice(0, SUBJECT_MAX).toWellFormed(),
    text: words,
    html: html === undefined ? htmlOf(words) : render(parse(html), data, escapeHtml),
  };
}

/** Plain words as HTML: paragraphs at empty lines, links made links. */
export function htmlOf(text: string): string {
  return text.trim().split(/\n{2,}/).map((paragraph) =>
    `<p>${linked(paragraph).replaceAll("\n", "<br>")}</p>`
  )
    .join("\n");
}

function linked(text: string): string {
  return text.split(/(https?:\/\/[^\s<>"']+)/).map((part, at) => {
    if (at % 2 === 0) return escapeHtml(part);
    const end = endOfLink(part);
    const safe = escapeHtml(part.slice(0, end));
    return `<a href="${safe}">${safe}</a>${escapeHtml(part.slice(end))}`;
  }).join("");
}

/** The end of a sentence after an address is none of it, nor is a bracket that was opened before it. */
function endOfLink(link: string): number {
  let end = link.length;
  const isOutside = (last: string) => ".,;:!?…»]}".includes(last) || (last === ")" && !link.includes("("));
  while (end > 0 && isOutside(link.charAt(end - 1))) end--;
  return end;
}

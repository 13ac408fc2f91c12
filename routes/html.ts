import { escapeHtml } from "../lib/kernel/text.ts";

/** For a page without script or style that has a form at most: nothing foreign runs in it, nobody frames it. */
export const PLAIN_PAGE_POLICY =
  "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Such a page; `body` is HTML already. */
export function plainPage({ lang, title, body }: { lang: string; title: string; body: string }): string {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${
    escapeHtml(title)
  }</title></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
}

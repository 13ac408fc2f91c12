import type { Chunk } from "./chunk.ts";

const FRONT_MATTER = /^---\n[\s\S]{0,5000}?\n---\n/;
const FENCE = /^\s{0,3}(```|~~~)/;
const ATX = /^\s{0,3}(#{1,6})\s+(.+?)\s*#*\s*$/;
const SETEXT = /^\s{0,3}(=+|-{2,})\s*$/;
const MOST_PATH = 300;

/** A Markdown text by heading; a section's heading is its path, "Prices > Visits". */
export function markdownSections(body: string): Chunk[] {
  const lines = body.replace(FRONT_MATTER, "").split("\n");
  const sections: { heading: string | null; lines: string[] }[] = [{ heading: null, lines: [] }];
  const path: string[] = [];
  let fenced = false;
  const open = (level: number, title: string) => {
    path.length = Math.min(path.length, level - 1);
    path[level - 1] = plain(title).trim();
    sections.push({
      heading: path.filter(Boolean).join(" > ").slice(0, MOST_PATH).toWellFormed(),
      lines: [],
    });
  };
  for (const [index, line] of lines.entries()) {
    const current = sections.at(-1);
    if (FENCE.test(line)) fenced = !fenced;
    const atx = fenced ? null : ATX.exec(line);
    const underline = fenced ? null : SETEXT.exec(line);
    const above = lines[index - 1];
    if (atx) {
      open(atx[1]?.length ?? 1, atx[2] ?? "");
    } else if (underline && above?.trim() && !ATX.test(above) && current?.lines.at(-1) === above) {
      current.lines.pop();
      open(underline[1]?.startsWith("=") ? 1 : 2, above);
    } else {
      current?.lines.push(line);
    }
  }
  return sections.map(({ heading, lines }) => ({ heading, text: plain(lines.join("\n")).trim() }));
}

/**
 * What a customer should read: no emphasis marks, links as "text (address)", pictures as their text. Every repeat is
 * bounded, so that a hostile file costs no more than its length.
 */
function plain(text: string): string {
  return withoutComments(text)
    .replace(/!\[([^[\]\n]{0,200})\]\([^()\n]{0,500}\)/g, "$1")
    .replace(/\[([^[\]\n]{1,200})\]\(([^()\s]{1,500})\)/g, "$1 ($2)")
    .replace(/^\s{0,3}(?:```|~~~).*$/gm, "")
    .replace(/^\s{0,3}>\s?/gm, "")
    .replace(/(\*\*|__)(?=\S)([^\n]{0,300}?\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]{1,300}?)\*(?![\p{L}\p{N}*])/gu, "$1")
    .replace(/`([^`\n]{1,300})`/g, "$1");
}

/** One walk; a comment that never ends is text. */
function withoutComments(text: string): string {
  let out = "";
  for (let at = 0;;) {
    const start = text.indexOf("<!--", at);
    const end = start < 0 ? -1 : text.indexOf("-->", start + 4);
    if (end < 0) return out + text.slice(at);
    out += text.slice(at, start);
    at = end + 3;
  }
}

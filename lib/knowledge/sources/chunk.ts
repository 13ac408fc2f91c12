import type { EntryKind } from "../store.ts";
import { markdownSections } from "./markdown.ts";

/** A piece of an entry that is found and quoted by itself. */
export interface Chunk {
  /** Where in the document: a heading path, a page, or null. */
  readonly heading: string | null;
  readonly text: string;
}

/** About a screen of chat; what is longer answers too many questions at once. */
export const CHUNK_CHARACTERS = 1200;

/** The form feed that parts the pages of a PDF's text. */
export const PAGE_BREAK = "\f";

const SECTIONS = {
  /** A pair is answered whole, however long. */
  pair: (body) => [{ heading: null, text: body }],
  text: (body) => [{ heading: null, text: body }],
  markdown: markdownSections,
  pdf: (body) => body.split(PAGE_BREAK).map((text, page) => ({ heading: `p. ${page + 1}`, text })),
  /** One row a line, so that a price list answers with its row. */
  csv: (body) => body.split("\n").map((text) => ({ heading: null, text })),
} as const satisfies Record<EntryKind, (body: string) => Chunk[]>;

/** Cuts an entry into chunks: the same text always gives the same chunks. Empty pieces are left out. */
export function chunksOf({ kind, body }: { readonly kind: EntryKind; readonly body: string }): Chunk[] {
  const sections = SECTIONS[kind](body.replace(/\r\n?/g, "\n"));
  return sections.flatMap(({ heading, text }) => {
    const pieces = kind === "pair" ? [text.trim()] : cut(text);
    return pieces.filter((piece) => piece !== "").map((piece) => ({ heading, text: piece }));
  });
}

/** The coarsest first: a piece that is still too long is cut by the next. */
const SEPARATORS = [/\n\s*\n/, /\n/, /(?<=[.!?…。])\s+/u, /\s+/];

function cut(text: string, level = 0): string[] {
  const whole = text.trim();
  if (whole.length <= CHUNK_CHARACTERS) return whole === "" ? [] : [whole];
  const separator = SEPARATORS[level];
  if (separator === undefined) return hardCut(whole);
  const joint = level === 0 ? "\n\n" : level === 1 ? "\n" : " ";
  const out: string[] = [];
  let open = "";
  for (const piece of whole.split(separator)) {
    for (const part of piece.length > CHUNK_CHARACTERS ? cut(piece, level + 1) : [piece.trim()]) {
      if (part === "") continue;
      if (open !== "" && open.length + joint.length + part.length > CHUNK_CHARACTERS) {
        out.push(open);
        open = part;
      } else {
        open = open === "" ? part : open + joint + part;
      }
    }
  }
  if (open !== "") out.push(open);
  return out;
}

/** A text without a space anywhere, cut between characters and never within a surrogate pair. */
function hardCut(text: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + CHUNK_CHARACTERS);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end--;
    out.push(text.slice(at, end));
    at = end;
  }
  return out;
}

import { sha256Hex } from "../../kernel/text.ts";

/** The first line of an entry's file; the value's JSON follows. */
export interface EntryHead {
  readonly key: string;
  readonly expiresAt: number;
}

/** Any key makes a safe name of one length; JSON escapes what UTF-8 can't say, so that two keys stay two. */
export async function entryName(key: string): Promise<string> {
  return `${await sha256Hex(JSON.stringify(key))}.json`;
}

export function entryText({ key, expiresAt }: EntryHead, json: string): string {
  return `${JSON.stringify([key, expiresAt])}\n${json}`;
}

/** The head alone: listing must not read every value. null for a file that is not an entry. */
export async function readHead(path: string): Promise<EntryHead | null> {
  const start = new Uint8Array(HEAD_BYTES);
  using file = await Deno.open(path);
  const read = await file.read(start) ?? 0;
  const text = new TextDecoder().decode(start.subarray(0, read));
  if (text.includes("\n")) return parseEntry(text);
  return parseEntry(await Deno.readTextFile(path)); // a key longer than that
}

const HEAD_BYTES = 2048;

/** null for a file that is not an entry, such as one cut off by a full disk. */
export function parseEntry(text: string): (EntryHead & { readonly json: string }) | null {
  const end = text.indexOf("\n");
  if (end < 0) return null;
  try {
    const head: unknown = JSON.parse(text.slice(0, end));
    if (!Array.isArray(head)) return null;
    const [key, expiresAt]: unknown[] = head;
    return typeof key === "string" && typeof expiresAt === "number"
      ? { key, expiresAt, json: text.slice(end + 1) }
      : null;
  } catch {
    return null;
  }
}

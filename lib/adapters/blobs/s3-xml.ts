import type { ListedBlob } from "../../ports/blobs.ts";

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The text of the first element of this name, or "". S3's answers are flat, and keys here need no markup. */
export function fieldOf(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, word) => {
    if (word !== undefined) return ENTITIES[word] ?? all;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex, 16) : Number(decimal));
  });
}

/** The objects of a ListObjectsV2 answer. */
export function* itemsOf(xml: string): Generator<ListedBlob> {
  for (const [item] of xml.matchAll(/<Contents>[\s\S]*?<\/Contents>/g)) {
    // A store that does not say when counts as just now: nothing of it is ever taken for old.
    const modifiedAt = Date.parse(fieldOf(item, "LastModified")) || Date.now();
    yield { key: fieldOf(item, "Key"), size: Number(fieldOf(item, "Size")), modifiedAt };
  }
}

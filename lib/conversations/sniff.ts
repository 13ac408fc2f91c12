import type { MessageKind } from "./store.ts";

interface FileType {
  readonly contentType: string;
  readonly kind: MessageKind;
}

interface Signature extends FileType {
  /** Bytes in hex; `..` is any byte. */
  readonly magic: string;
  readonly at?: number;
}

const ZIP = "504b0304";

/** First bytes of the types that are taken (en.wikipedia.org/wiki/List_of_file_signatures). */
const SIGNATURES: readonly Signature[] = [
  { magic: "ffd8ff", contentType: "image/jpeg", kind: "image" },
  { magic: "89504e470d0a1a0a", contentType: "image/png", kind: "image" },
  { magic: "474946383761", contentType: "image/gif", kind: "image" },
  { magic: "474946383961", contentType: "image/gif", kind: "image" },
  { magic: "52494646........57454250", contentType: "image/webp", kind: "image" },
  { magic: "52494646........57415645", contentType: "audio/wav", kind: "audio" },
  { magic: "4f676753", contentType: "audio/ogg", kind: "audio" },
  { magic: "494433", contentType: "audio/mpeg", kind: "audio" },
  { magic: "fffb", contentType: "audio/mpeg", kind: "audio" },
  { magic: "2321414d52", contentType: "audio/amr", kind: "audio" },
  { magic: "667479704d3441", at: 4, contentType: "audio/mp4", kind: "audio" },
  { magic: "667479706865", at: 4, contentType: "image/heic", kind: "image" },
  { magic: "66747970", at: 4, contentType: "video/mp4", kind: "video" },
  { magic: "1a45dfa3", contentType: "video/webm", kind: "video" },
  { magic: "255044462d", contentType: "application/pdf", kind: "document" },
];

/** What a ZIP is, by the name's ending: office files are ZIPs. A plain ZIP is not taken. */
const OFFICE: Readonly<Record<string, string>> = {
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
};

const TEXTS: Readonly<Record<string, string>> = { csv: "text/csv", md: "text/markdown", txt: "text/plain" };

/** The type of a file by its first bytes (text by being text); null for what is not taken. */
export function sniff(bytes: Uint8Array, name: string): FileType | null {
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  const found = SIGNATURES.find(({ magic, at = 0 }) => begins(bytes, { magic, at }));
  if (found !== undefined) return { contentType: found.contentType, kind: found.kind };
  if (begins(bytes, { magic: ZIP, at: 0 })) {
    const contentType = OFFICE[ending];
    return contentType === undefined ? null : { contentType, kind: "document" };
  }
  const contentType = TEXTS[ending];
  return contentType !== undefined && isText(bytes) ? { contentType, kind: "document" } : null;
}

function begins(bytes: Uint8Array, { magic, at }: { magic: string; at: number }): boolean {
  for (let i = 0; i < magic.length / 2; i++) {
    const hex = magic.slice(2 * i, 2 * i + 2);
    if (hex !== ".." && bytes[at + i] !== parseInt(hex, 16)) return false;
  }
  return true;
}

/** Any encoding will do: it is only ever handed out as a download. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && !bytes.subarray(0, 4096).includes(0);
}

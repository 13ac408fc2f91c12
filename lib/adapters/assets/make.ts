import { sha256Hex } from "../../kernel/text.ts";
import type { Asset } from "../../ports/assets.ts";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
};

const COMPRESSED = new Set(["html", "css", "js", "json", "svg"]);

/** Segments of lower-case letters, digits, dashes and dots; none starts with a dot, so nothing climbs or hides. */
const NAME = /^[a-z0-9][a-z0-9.-]*(\/[a-z0-9][a-z0-9.-]*)*$/;

/** The extension of a name that may be served; null for any other name. */
export function servedExtension(name: string): string | null {
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return NAME.test(name) && extension in CONTENT_TYPES ? extension : null;
}

export async function makeAsset(extension: string, body: Uint8Array<ArrayBuffer>): Promise<Asset> {
  const packed = COMPRESSED.has(extension) ? await gzip(body) : null;
  return {
    contentType: CONTENT_TYPES[extension] ?? "application/octet-stream",
    body,
    gzip: packed !== null && packed.byteLength < body.byteLength ? packed : null,
    etag: `"${(await sha256Hex(body)).slice(0, 32)}"`,
  };
}

async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

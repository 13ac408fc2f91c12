import type { Context } from "hono";
import type { Download } from "../../lib/conversations/mod.ts";
import type { AppEnv } from "../env.ts";

/**
 * An attachment's answer: always a download, never shown in our origin, whatever it holds.
 */
export function download(c: Context<AppEnv>, { name, contentType, size, body }: Download): Response {
  return c.body(body as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
    ...attachmentHeaders({ name, contentType }),
    "content-length": String(size),
  });
}

/** The name is sent as RFC 6266 says: plain ASCII for the old, UTF-8 for the rest. */
export function attachmentHeaders({ name, contentType }: { name: string; contentType: string }) {
  const plain = name.normalize("NFD").replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "") || "file";
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return {
    "content-type": contentType,
    "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
  };
}

/** What the form's file is to a verb. */
export async function fileOf(file: File): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

import type { Context } from "hono";
import { AppError } from "../../lib/kernel/errors.ts";
import type { Asset, Assets } from "../../lib/ports/assets.ts";
import type { AppEnv } from "../env.ts";

interface Page {
  readonly assets: Assets;
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a static file: revalidated by its ETag on every use, compressed when the caller takes gzip. */
export async function sendAsset(c: Context<AppEnv>, { assets, name, headers = {} }: Page): Promise<Response> {
  const asset = await assets.get(name);
  if (asset === null) throw new AppError("route_not_found", `There is no ${c.req.method} ${c.req.path}`);
  c.header("cache-control", "no-cache");
  c.header("etag", asset.etag);
  c.header("vary", "accept-encoding");
  c.header("cross-origin-resource-policy", "same-origin");
  for (const [header, value] of Object.entries(headers)) c.header(header, value);
  if (isFresh(c.req.header("if-none-match"), asset.etag)) return c.body(null, 304);
  return c.body(encoded(c, asset), 200, { "content-type": asset.contentType });
}

function encoded(c: Context<AppEnv>, asset: Asset): Uint8Array<ArrayBuffer> {
  const accepted = c.req.header("accept-encoding") ?? "";
  if (asset.gzip === null || !/(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?(\s|,|$))/i.test(accepted)) return asset.body;
  c.header("content-encoding", "gzip");
  return asset.gzip;
}

/** RFC 9110, 13.1.2: a weak comparison against each of the list, or `*`. */
function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

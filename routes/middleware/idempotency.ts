import type { Context, Next } from "hono";
import { invalid } from "../../lib/kernel/errors.ts";
import { sha256Hex } from "../../lib/kernel/text.ts";
import { claimKey, keepAnswer, releaseKey } from "../../lib/idempotency/mod.ts";
import type { AppEnv } from "../env.ts";

const KEPT_HEADERS = ["content-type", "location", "etag"];
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * `Idempotency-Key` on POST: the first answer below 500 is stored and replayed with `Idempotency-Replayed: true`.
 * Draft: draft-ietf-httpapi-idempotency-key-header.
 */
export async function idempotency(c: Context<AppEnv>, next: Next): Promise<Response | void> {
  const key = c.req.header("idempotency-key");
  if (key === undefined || c.req.method !== "POST") return await next();
  if (key.length > 255 || !/^[\x21-\x7e]+$/.test(key)) {
    throw invalid("Idempotency-Key", "must be 1 to 255 printable characters without spaces");
  }
  const ctx = c.var.ctx;
  const caller = ctx.actor.kind === "anonymous" ? `anonymous:${ctx.address ?? ""}` : ctx.actor.id;
  const owner = `${caller}@${ctx.workspaceIdOrNull ?? ""}`;
  const body = new Uint8Array(await c.req.raw.clone().arrayBuffer());
  const head = new TextEncoder().encode(`${c.req.method} ${c.req.path}\n`);
  const requestHash = await sha256Hex(Uint8Array.from([...head, ...body]));

  const stored = await claimKey(ctx, { owner, key, requestHash });
  if (stored !== null) {
    return new Response(stored.body, {
      status: stored.status,
      headers: { ...stored.headers, "idempotency-replayed": "true" },
    });
  }
  try {
    await next();
  } catch (thrown) {
    await releaseKey(ctx, { owner, key });
    throw thrown;
  }
  const text = c.res.status < 500 ? await keepable(c.res) : null;
  if (text === null) return await releaseKey(ctx, { owner, key });
  const headers = Object.fromEntries(KEPT_HEADERS.flatMap((name) => {
    const value = c.res.headers.get(name);
    return value === null ? [] : [[name, value]];
  }));
  await keepAnswer(ctx, { owner, key, answer: { status: c.res.status, headers, body: text } });
}

/** The text of an answer that can be replayed: JSON or empty, and not too large. */
async function keepable(response: Response): Promise<string | null> {
  const type = response.headers.get("content-type") ?? "";
  if (type !== "" && !type.includes("json")) return null;
  const text = await response.clone().text();
  return text.length > MAX_KEPT_BYTES ? null : text;
}

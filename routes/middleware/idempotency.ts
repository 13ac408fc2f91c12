import type { Context, Next } from "hono";
import { invalid, messageOf } from "../../lib/kernel/errors.ts";
import { sha256Hex } from "../../lib/kernel/text.ts";
import {
  claimKey,
  giveUpAnswer,
  keepAnswer,
  type KeyOf,
  markEffect,
  releaseKey,
  type StoredAnswer,
} from "../../lib/idempotency/mod.ts";
import { deriveSecret } from "../../lib/identity/mod.ts";
import type { AppEnv } from "../env.ts";

const KEPT_HEADERS = ["content-type", "location", "etag"];
const MAX_KEPT_BYTES = 1024 * 1024;
/** Refusals that say how things stood. Any other took no effect and may pass once it is mended, or later. */
const KEPT_REFUSALS = new Set([404, 409, 410, 412]);
/** A response with one of these must have no body, not even an empty one. */
const BODYLESS = new Set([204, 205, 304]);

/**
 * `Idempotency-Key` on POST: the first answer is stored and replayed with `Idempotency-Replayed: true`; a failed
 * request frees its key. Draft: draft-ietf-httpapi-idempotency-key-header.
 */
export async function idempotency(
  c: Context<AppEnv>,
  { next, body }: { next: Next; body: Uint8Array<ArrayBuffer> },
): Promise<Response | void> {
  const key = c.req.header("idempotency-key") ?? "";
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalid("Idempotency-Key", "must be 1 to 255 printable characters without spaces");
  }
  const ctx = c.var.ctx;
  const caller = ctx.actor.kind === "anonymous" ? `anonymous:${ctx.address ?? ""}` : ctx.actor.id;
  const id: KeyOf = { owner: `${caller}@${ctx.workspaceIdOrNull ?? ""}`, key };
  const head = new TextEncoder().encode(`${c.req.method} ${c.req.path}${new URL(c.req.url).search}\n`);
  // Keyed, because a body can hold a password: from a plain hash in a stolen database it could be guessed.
  const digest = await sha256Hex(join(head, body));
  const requestHash = await deriveSecret(ctx.config, "idempotent request", [digest]);
  const stored = await claimKey(ctx, { ...id, requestHash });
  if (stored !== null) return replay(stored);

  c.set("ctx", ctx.as({ within: (tx) => markEffect(tx, id) }));
  try {
    await next();
  } finally {
    c.set("ctx", ctx);
  }
  // The answer stands whatever becomes of its copy: a key that is lost here expires, or says what it knows.
  await settle(c, id).catch((error) =>
    ctx.ports.log.log("warn", "An answer could not be kept under its Idempotency-Key", {
      request_id: ctx.requestId,
      error: messageOf(error),
    })
  );
}

async function settle(c: Context<AppEnv>, id: KeyOf): Promise<void> {
  const { ctx } = c.var;
  const { res } = c;
  if (res.status >= 400 && !KEPT_REFUSALS.has(res.status)) return await releaseKey(ctx, id);
  const body = await keepable(res);
  if (body === null) return await giveUpAnswer(ctx, id);
  const headers = Object.fromEntries(KEPT_HEADERS.flatMap((name) => {
    const value = res.headers.get(name);
    return value === null ? [] : [[name, value]];
  }));
  await keepAnswer(ctx, { ...id, answer: { status: res.status, headers, body } });
}

function replay({ status, headers, body }: StoredAnswer): Response {
  return new Response(BODYLESS.has(status) ? null : body, {
    status,
    headers: { ...headers, "idempotency-replayed": "true" },
  });
}

/** The text of an answer that can be replayed: JSON or empty, and not too large. */
async function keepable(response: Response): Promise<string | null> {
  const type = response.headers.get("content-type") ?? "";
  if (type !== "" && !type.includes("json")) return null;
  const text = await response.clone().text();
  return text.length > MAX_KEPT_BYTES ? null : text;
}

function join(head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

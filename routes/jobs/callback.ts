import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { AppError, notConfigured } from "../../lib/kernel/errors.ts";
import type { CallbackPath, CallbackVerifier } from "../../lib/ports/callbacks.ts";
import type { RateLimitPolicy } from "../../lib/ports/rate-limit.ts";
import type { AppEnv } from "../env.ts";

const SETTINGS = ["QSTASH_TOKEN", "QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY", "PUBLIC_URL"];

/** Callbacks that QStash did not sign, from one address. */
const UNSIGNED = {
  name: "callbacks.unsigned",
  limit: 300,
  windowMs: MINUTE,
} as const satisfies RateLimitPolicy;

/** The body, once its signature is proved. Throws 401, 429 after many of them, 503 where QStash is not configured. */
export async function proved(
  c: Context<AppEnv>,
  { callbacks, path }: { callbacks: CallbackVerifier | null; path: CallbackPath },
): Promise<string> {
  if (callbacks === null) throw notConfigured("QStash", SETTINGS);
  const bytes = await c.req.arrayBuffer();
  const signature = c.req.raw.headers.get("upstash-signature");
  try {
    const body = asText(bytes);
    await callbacks.verify({ path, signature, body });
    return body;
  } catch (thrown) {
    const { ports, address } = c.var.ctx;
    const { allowed, retryAfterMs } = await ports.limiter.take(UNSIGNED, address ?? "unknown");
    if (allowed) throw thrown;
    throw new AppError("rate_limited", "Too many callbacks with a wrong signature", { retryAfterMs });
  }
}

/** What is not UTF-8 would be hashed as other bytes than came. */
function asText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("bad_signature", "The callback's body is not UTF-8: QStash signs text", { cause });
  }
}

const jobSchema = z.object({ job_id: z.string().min(1).max(64) });

/** The job that a callback's body names; null: none. */
export function jobIdOf(body: string): string | null {
  return jobSchema.safeParse(fromJson(body)).data?.job_id ?? null;
}

/** What QStash says of a message that it gave up (upstash.com/docs/qstash/features/callbacks). */
const failureSchema = z.object({
  status: z.number().optional(),
  retried: z.number().optional(),
  sourceMessageId: z.string().max(200).optional(),
  sourceBody: z.string().max(10_000),
});

/** What is worth logging of a callback that was given up; null: the body is none. */
export function failureOf(body: string): Record<string, unknown> | null {
  const { data } = failureSchema.safeParse(fromJson(body));
  if (data === undefined) return null;
  const { status, retried, sourceMessageId, sourceBody } = data;
  const jobId = jobIdOf(fromBase64(sourceBody));
  return jobId === null ? null : { job_id: jobId, status, retried, message_id: sourceMessageId };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

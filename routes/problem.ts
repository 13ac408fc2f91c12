import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { ZodError } from "zod";
import { AppError, type ErrorCode, ERRORS, messageOf } from "../lib/kernel/errors.ts";
import { schemaRefusal } from "../lib/kernel/issues.ts";
import type { AppEnv } from "./env.ts";

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  413: "payload_too_large",
  415: "unsupported_media_type",
};

/** Everything that may be thrown, as the one error type. What is not ours becomes `internal`, its text kept inside. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof ZodError) return schemaRefusal(thrown);
  if (thrown instanceof HTTPException) {
    const code = BY_STATUS[thrown.status] ?? (thrown.status < 500 ? "bad_request" : "internal");
    return new AppError(code, thrown.message || ERRORS[code].title, { cause: thrown });
  }
  return new AppError(
    "internal",
    "Something went wrong on our side; the request id tells us which time it was",
    {
      cause: thrown,
    },
  );
}

/** The problem document of an error (RFC 9457). `Retry-After` is in whole seconds, rounded up. */
export function problemResponse(error: AppError, requestId: string): Response {
  const { status, title } = ERRORS[error.code];
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
  };
  const wait = error.retryAfterMs ?? (status === 503 && error.retryable ? 1000 : undefined);
  if (wait !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(wait / 1000)));
  if (error.code === "unauthorized" || error.code === "token_expired") headers["www-authenticate"] = "Bearer";
  const { allow } = error.extra;
  if (error.code === "method_not_allowed" && Array.isArray(allow)) headers["allow"] = allow.join(", ");
  // upstash.com/docs/qstash/features/retry
  if (error.code === "not_repeatable") headers["upstash-nonretryable-error"] = "true";
  const body = {
    type: `/docs/errors#${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    ...error.extra,
  };
  return new Response(JSON.stringify(body), { status, headers });
}

/** The root's onError: answers with the problem and logs what is ours to mend. */
export function onError(thrown: unknown, c: Context<AppEnv>): Response {
  const error = toAppError(thrown);
  const ctx = c.var.ctx;
  const requestId = ctx?.requestId ?? "none";
  if (error.code === "internal" && ctx !== undefined) {
    const cause = error.cause ?? thrown;
    ctx.ports.log.log("error", "request failed", {
      request_id: requestId,
      error: messageOf(cause),
      stack: cause instanceof Error ? cause.stack?.split("\n").slice(0, 12).join("\n") : undefined,
    });
  }
  c.set("code", error.code);
  return problemResponse(error, requestId);
}

import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import { MINUTE } from "../../kernel/clock.ts";
import { redactText } from "../../kernel/redact.ts";
import {
  classOfGraphCode,
  whatsAppFailure,
  type WhatsAppFailureClass,
  whatsAppFailureOf,
} from "../../ports/whatsapp-failures.ts";
import { retryAfterOf } from "../llm/retry-after.ts";

const errorSchema = z.object({
  error: z.object({
    code: z.coerce.number(),
    message: z.string().catch(""),
    error_subcode: z.coerce.number().optional().catch(undefined),
    fbtrace_id: z.string().optional().catch(undefined),
    error_user_msg: z.string().optional().catch(undefined),
    error_data: z.object({ details: z.string().optional().catch(undefined) }).optional().catch(undefined),
  }),
});

const usageSchema = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: z.number() })),
);

/** "Object with this id does not exist, or the token may not see it": code 100 in form, a matter of rights in fact. */
const NO_SUCH_OBJECT = 33;

interface GraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly once: boolean;
}

/** What an answer that is not a success means; null when it may be one. */
export function answerFailure({ status, headers, body, once }: GraphAnswer): AppError | null {
  const parsed = errorSchema.safeParse(body);
  if (parsed.success) {
    const { code, message, error_subcode, fbtrace_id, error_user_msg, error_data } = parsed.data.error;
    const details = error_data?.details ?? error_user_msg ?? null;
    return whatsAppFailure(
      classOf({ code, subcode: error_subcode, status }),
      `WhatsApp answered ${code}: ${oneLine(message)}${details === null ? "" : ` (${oneLine(details)})`}`,
      {
        graph_code: code,
        subcode: error_subcode ?? null,
        fbtrace_id: fbtrace_id ?? null,
        details: details === null ? null : oneLine(details),
        retryAfterMs: waitOf(headers),
      },
    );
  }
  if (status >= 200 && status < 300) return null;
  const what = `WhatsApp answered ${status} with something that can't be read`;
  // A gateway's 5xx may hide a request that went through.
  if (status >= 500) return once ? lost(`answered ${status} with something that can't be read`) : again(what);
  return whatsAppFailure(BY_STATUS[status] ?? "invalid_request", what, { retryAfterMs: waitOf(headers) });
}

const again = (detail: string) => whatsAppFailure("retry_later", detail);

const BY_STATUS: Readonly<Record<number, WhatsAppFailureClass>> = {
  401: "auth",
  403: "auth",
  408: "retry_later",
  425: "retry_later",
  429: "rate_limited_number",
};

interface Said {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly status: number;
}

function classOf({ code, subcode, status }: Said): WhatsAppFailureClass {
  if (code === 100 && subcode === NO_SUCH_OBJECT) return "auth";
  const known = classOfGraphCode(code);
  return known === "unknown_code" && status >= 500 ? "retry_later" : known;
}

/** Retry-After, or Meta's estimate of when the quota is open again (minutes, in X-Business-Use-Case-Usage). */
function waitOf(headers: Headers): number | undefined {
  const told = retryAfterOf(headers, { now: Date.now() });
  if (told !== undefined) return told;
  const usage = headers.get("x-business-use-case-usage");
  if (usage === null) return undefined;
  try {
    const parsed = usageSchema.safeParse(JSON.parse(usage));
    if (!parsed.success) return undefined;
    const minutes = Object.values(parsed.data).flat().map((one) => one.estimated_time_to_regain_access);
    const longest = Math.max(0, ...minutes);
    return longest > 0 ? longest * MINUTE : undefined;
  } catch {
    return undefined;
  }
}

/** It left us, and nobody knows what became of it. */
export function lost(what: string, thrown?: unknown): AppError {
  return whatsAppFailure(
    "outcome_unknown",
    `WhatsApp ${what}: the message may have been sent`,
    thrown === undefined ? {} : { cause: new Error(thrown instanceof Error ? thrown.name : "unknown") },
  );
}

/** There was no connection: nothing left us. */
export function unsent(thrown: unknown): AppError {
  return whatsAppFailure("retry_later", "WhatsApp could not be reached", {
    cause: new Error(thrown instanceof Error ? thrown.name : "unknown"),
  });
}

/** Meta quotes tokens in its texts ("Malformed access token ..."). */
export function withoutSecrets(failure: AppError, token: string): AppError {
  const clean = (text: string) =>
    redactText(token === "" ? text : text.replaceAll(token, "[redacted]"))
      .replace(/\bEAA[A-Za-z0-9]{8,}/g, "[redacted]");
  const told = whatsAppFailureOf(failure);
  if (told === null) return failure;
  return whatsAppFailure(told.class, clean(failure.message), {
    ...told,
    details: told.details === null ? null : clean(told.details),
    retryAfterMs: failure.retryAfterMs,
  });
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}...` : line || "no text";
}

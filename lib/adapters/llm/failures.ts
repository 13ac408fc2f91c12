import { AppError, causeCode, type ErrorCode } from "../../kernel/errors.ts";
import { redactText } from "../../kernel/redact.ts";
import { retryAfterOf } from "./retry-after.ts";

/** Who failed, and the secret that must not be repeated. */
export interface Vendor {
  readonly name: string;
  readonly apiKey: string | null;
}

export interface VendorAnswer {
  readonly status: number | undefined;
  readonly headers?: Headers | undefined;
  /** The error's text and machine code as the vendor gave them; both may be anything. */
  readonly message: string;
  readonly code?: string | null | undefined;
  readonly body?: string;
}

const TOO_LONG =
  /context[_ ]length|maximum context|context window|prompt is too long|too many tokens|input is too long/i;
const NO_CREDIT =
  /insufficient_quota|credit balance is too low|insufficient.{0,10}balance|billing_hard_limit/i;
/** Out of credit passes only when somebody pays: asking again sooner is a waste. */
const NO_CREDIT_WAIT_MS = 5 * 60_000;

/** A vendor's error answer as ours. Texts about keys are ours, since vendors like to quote them. */
export function answerFailure(vendor: Vendor, answer: VendorAnswer): AppError {
  const { status, headers, message, code, body = "" } = answer;
  const said = `${code ?? ""} ${message}`;
  const detail = `${vendor.name} answered ${status ?? "with an error"}: ${safeText(vendor, message)}`;
  const retryAfterMs = retryAfterOf(headers, { now: Date.now(), body });
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403) {
    return new AppError(
      "not_configured",
      `${vendor.name} refused the key (${status}): check ${settingOf(vendor)}`,
    );
  }
  if (status === 402 || NO_CREDIT.test(said)) {
    return new AppError("rate_limited", `${vendor.name} says that its credit is spent`, {
      retryAfterMs: NO_CREDIT_WAIT_MS,
    });
  }
  if (TOO_LONG.test(said) || status === 413) {
    return new AppError("upstream_rejected", detail, { extra: { reason: "context_length" } });
  }
  if (status === 404) {
    return new AppError(
      "not_configured",
      `${detail} (check the model's name in LLM_CHAIN and the provider's address)`,
    );
  }
  return new AppError(codeOf(status), detail, wait);
}

function codeOf(status: number | undefined): ErrorCode {
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 504) return "upstream_timeout";
  if (status === undefined || status < 400 || status === 409 || status >= 500) return "upstream_failed";
  return "upstream_rejected";
}

function settingOf(vendor: Vendor): string {
  return `${vendor.name.toUpperCase()}_API_KEY`;
}

/** An answer that can't be understood: not JSON, cut off, without a choice. */
export function garbled(vendor: Vendor, what: string): AppError {
  return new AppError("upstream_failed", `${vendor.name} ${what}`);
}

/** A connection that failed, or was given up because of `signal`. The cause is left out: it may quote headers. */
export function connectionFailure(vendor: Vendor, thrown: unknown, signal: AbortSignal): AppError {
  if (thrown instanceof AppError) return thrown;
  if (signal.aborted) {
    if (signal.reason instanceof AppError) return signal.reason;
    return new AppError("upstream_timeout", `${vendor.name} did not answer in time`);
  }
  if (thrown instanceof SyntaxError) return garbled(vendor, "answered with something that is not JSON");
  const code = causeCode(thrown, (name) => /^E[A-Z_]+$/.test(name));
  return garbled(
    vendor,
    `could not be reached, or broke the connection${code === undefined ? "" : ` (${code})`}`,
  );
}

function safeText(vendor: Vendor, message: string): string {
  const without = vendor.apiKey ? message.replaceAll(vendor.apiKey, "[redacted]") : message;
  const line = redactText(without).replace(/\bsk-[A-Za-z0-9*_-]{4,}/g, "[redacted]").replace(/\s+/g, " ")
    .trim();
  if (/^<(!doctype|html)/i.test(line)) return "a web page in place of an API answer";
  return line.length > 300 ? `${line.slice(0, 300)}...` : line || "no text";
}

import { AppError, type ErrorCode } from "../kernel/errors.ts";
import { DAY, MINUTE, SECOND } from "../kernel/clock.ts";

interface FailureRule {
  readonly code: ErrorCode;
  /**
   * - `backoff`: again by itself, with growing gaps, a few times
   * - `wait`: again by itself after `waitMs`, no attempt burnt
   * - `mend`: keep it until a person mends the account, then go on
   * - `change`: never as it is
   * - `never`: this message to this person, never
   * - `person`: only a person may send it again
   */
  readonly retry: "backoff" | "wait" | "mend" | "change" | "never" | "person";
  /** What must pause: this message, the pair of number and customer, the template, or the whole number. */
  readonly holds: "message" | "pair" | "template" | "number";
  /** The least wait when Meta names none. */
  readonly waitMs: number;
  /** True: the owner must hear of it. */
  readonly alert: boolean;
}

/** What each class of failure means for sending again. Codes: Cloud API, support/error-codes (2026-05-15). */
export const WHATSAPP_FAILURES = {
  retry_later: { code: "upstream_failed", retry: "backoff", holds: "message", waitMs: SECOND, alert: false },
  rate_limited_number: {
    code: "rate_limited",
    retry: "wait",
    holds: "number",
    waitMs: 5 * SECOND,
    alert: false,
  },
  rate_limited_pair: { code: "rate_limited", retry: "wait", holds: "pair", waitMs: 6 * SECOND, alert: false },
  recipient_limited: {
    code: "upstream_rejected",
    retry: "wait",
    holds: "message",
    waitMs: DAY,
    alert: false,
  },
  window_closed: { code: "conflict", retry: "change", holds: "pair", waitMs: 0, alert: false },
  recipient_unreachable: {
    code: "upstream_rejected",
    retry: "never",
    holds: "message",
    waitMs: 0,
    alert: false,
  },
  recipient_opted_out: {
    code: "upstream_rejected",
    retry: "never",
    holds: "message",
    waitMs: 0,
    alert: false,
  },
  template_problem: {
    code: "upstream_rejected",
    retry: "change",
    holds: "message",
    waitMs: 0,
    alert: false,
  },
  template_off: { code: "upstream_rejected", retry: "change", holds: "template", waitMs: 0, alert: true },
  media_problem: { code: "upstream_rejected", retry: "change", holds: "message", waitMs: 0, alert: false },
  invalid_request: { code: "upstream_rejected", retry: "change", holds: "message", waitMs: 0, alert: false },
  auth: { code: "not_configured", retry: "mend", holds: "number", waitMs: MINUTE, alert: true },
  account_restricted: {
    code: "upstream_rejected",
    retry: "mend",
    holds: "number",
    waitMs: 15 * MINUTE,
    alert: true,
  },
  /** A code that the tables don't know: never looped on. */
  unknown_code: { code: "upstream_rejected", retry: "never", holds: "message", waitMs: 0, alert: true },
  /** It left us whole and no readable answer came: Meta may have it. */
  outcome_unknown: { code: "upstream_timeout", retry: "person", holds: "message", waitMs: 0, alert: false },
} as const satisfies Record<string, FailureRule>;

export type WhatsAppFailureClass = keyof typeof WHATSAPP_FAILURES;

const CODES: Readonly<Record<number, WhatsAppFailureClass>> = {
  1: "retry_later",
  2: "retry_later",
  131000: "retry_later",
  131016: "retry_later",
  133004: "retry_later",
  4: "rate_limited_number",
  80007: "rate_limited_number",
  80008: "rate_limited_number",
  130429: "rate_limited_number",
  131057: "rate_limited_number",
  131056: "rate_limited_pair",
  131049: "recipient_limited",
  131047: "window_closed",
  131026: "recipient_unreachable",
  131021: "recipient_unreachable",
  131030: "recipient_unreachable",
  131062: "recipient_unreachable",
  130472: "recipient_unreachable",
  131050: "recipient_opted_out",
  132000: "template_problem",
  132001: "template_problem",
  132005: "template_problem",
  132007: "template_problem",
  132012: "template_problem",
  132015: "template_off",
  132016: "template_off",
  131052: "media_problem",
  131053: "media_problem",
  100: "invalid_request",
  131008: "invalid_request",
  131009: "invalid_request",
  131051: "invalid_request",
  0: "auth",
  3: "auth",
  10: "auth",
  33: "auth",
  101: "auth",
  102: "auth",
  190: "auth",
  131005: "auth",
  133016: "auth",
  368: "account_restricted",
  131031: "account_restricted",
  131042: "account_restricted",
  131045: "account_restricted",
  131048: "account_restricted",
  133010: "account_restricted",
};

/** The class of an error code, in an answer or in a `failed` status. */
export function classOfGraphCode(code: number): WhatsAppFailureClass {
  const known = CODES[code];
  if (known !== undefined) return known;
  return code >= 200 && code <= 299 ? "auth" : "unknown_code";
}

/** What `extra` of the port's errors holds. */
export interface WhatsAppFailure {
  readonly class: WhatsAppFailureClass;
  readonly graph_code: number | null;
  readonly subcode: number | null;
  readonly fbtrace_id: string | null;
  /** `error_data.details`: what Meta says is wrong. */
  readonly details: string | null;
}

export interface FailureOptions extends Partial<Omit<WhatsAppFailure, "class">> {
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** An AppError of this class; `detail` is shown to people. */
export function whatsAppFailure(
  kind: WhatsAppFailureClass,
  detail: string,
  options: FailureOptions = {},
): AppError {
  const rule: FailureRule = WHATSAPP_FAILURES[kind];
  const { graph_code = null, subcode = null, fbtrace_id = null, details = null } = options;
  const { retryAfterMs = rule.waitMs, cause } = options;
  const failure: WhatsAppFailure = { class: kind, graph_code, subcode, fbtrace_id, details };
  return new AppError(rule.code, detail, {
    retryable: rule.retry === "backoff" || rule.retry === "wait",
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
    extra: { ...failure },
    cause,
  });
}

/** What the port said of this failure; null when it is not one of the port's. */
export function whatsAppFailureOf(thrown: unknown): WhatsAppFailure | null {
  if (!(thrown instanceof AppError)) return null;
  const { extra } = thrown;
  const kind = extra["class"];
  if (typeof kind !== "string" || !isFailureClass(kind)) return null;
  const number = (value: unknown) => typeof value === "number" ? value : null;
  const text = (value: unknown) => typeof value === "string" ? value : null;
  return {
    class: kind,
    graph_code: number(extra["graph_code"]),
    subcode: number(extra["subcode"]),
    fbtrace_id: text(extra["fbtrace_id"]),
    details: text(extra["details"]),
  };
}

function isFailureClass(text: string): text is WhatsAppFailureClass {
  return Object.hasOwn(WHATSAPP_FAILURES, text);
}

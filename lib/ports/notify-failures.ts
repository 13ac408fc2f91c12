import { AppError, type ErrorCode } from "../kernel/errors.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";

interface FailureRule {
  readonly code: ErrorCode;
  /**
   * - `backoff`: again by itself, after the gaps of the channel
   * - `never`: this message to this address, never
   * - `person`: nobody knows whether it arrived; only a person sends it again (unless the provider is idempotent)
   */
  readonly retry: "backoff" | "never" | "person";
  /** True: another provider of the channel may do it. */
  readonly failover: boolean;
  /** The least wait before the next try. */
  readonly waitMs: number;
  /** True: the address is dead: a subscription is removed, an endpoint disabled. */
  readonly gone: boolean;
}

/** What each class of failure means for sending again. */
export const NOTIFY_FAILURES = {
  /** No connection, 5xx that says that nothing was taken, a refusal for now. */
  unavailable: { code: "upstream_failed", retry: "backoff", failover: true, waitMs: SECOND, gone: false },
  rate_limited: { code: "rate_limited", retry: "backoff", failover: true, waitMs: SECOND, gone: false },
  /** Our credentials, our account: a person mends it, and the message goes out then. */
  auth: { code: "upstream_rejected", retry: "backoff", failover: true, waitMs: MINUTE, gone: false },
  invalid_recipient: {
    code: "upstream_rejected",
    retry: "never",
    failover: false,
    waitMs: 0,
    gone: false,
  },
  /** The address existed and does not any more. */
  gone: { code: "gone", retry: "never", failover: false, waitMs: 0, gone: true },
  /** The vendor does not take it as it is. */
  rejected: { code: "upstream_rejected", retry: "never", failover: false, waitMs: 0, gone: false },
  /** An address that may not be called from here. */
  forbidden_address: {
    code: "validation_failed",
    retry: "never",
    failover: false,
    waitMs: 0,
    gone: false,
  },
  outcome_unknown: {
    code: "upstream_timeout",
    retry: "person",
    failover: false,
    waitMs: 0,
    gone: false,
  },
} as const satisfies Record<string, FailureRule>;

export type NotifyFailureClass = keyof typeof NOTIFY_FAILURES;

export interface NotifyFailure {
  readonly class: NotifyFailureClass;
  /** The vendor's own code, as text. */
  readonly vendor_code: string | null;
  readonly details: string;
}

export interface FailureOptions {
  readonly vendorCode?: string | number | null | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The AppError of a failed send. `details` may be shown: never put a secret into it. */
export function notifyFailure(
  kind: NotifyFailureClass,
  details: string,
  { vendorCode = null, retryAfterMs, cause }: FailureOptions = {},
): AppError {
  const rule = NOTIFY_FAILURES[kind];
  const failure: NotifyFailure = {
    class: kind,
    vendor_code: vendorCode === null || vendorCode === undefined ? null : String(vendorCode).slice(0, 60),
    details: details.slice(0, 500),
  };
  return new AppError(rule.code, details.slice(0, 500), {
    retryable: rule.retry === "backoff",
    extra: { ...failure },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The failure that an AppError of a provider carries; null: it is none of these. */
export function notifyFailureOf(thrown: unknown): NotifyFailure | null {
  if (!(thrown instanceof AppError)) return null;
  const { class: kind, vendor_code: code, details } = thrown.extra;
  if (typeof kind !== "string" || !Object.hasOwn(NOTIFY_FAILURES, kind)) return null;
  return {
    class: kind as NotifyFailureClass,
    vendor_code: typeof code === "string" ? code : null,
    details: typeof details === "string" ? details : thrown.message,
  };
}

import { AppError, messageOf } from "../../kernel/errors.ts";
import type { GuardedFetch } from "../../ports/fetch.ts";
import { notifyFailure, type NotifyFailureClass } from "../../ports/notify-failures.ts";
import { neverLeft } from "../fetch/left.ts";
import { readStart } from "../fetch/read-text.ts";
import { retryAfterOf } from "../llm/retry-after.ts";

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024;

export interface VendorRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One POST to a vendor's own address. Throws a `notifyFailure` that says whether the request may have arrived. */
export async function callVendor(
  fetch: typeof globalThis.fetch,
  { url, headers, body, signal, timeoutMs = TIMEOUT_MS }: VendorRequest,
): Promise<VendorAnswer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      // Deno's fetch sends a text again by itself when a kept connection breaks after it was sent; a Blob it does not.
      body: new Blob([body]),
      redirect: "manual",
      signal: AbortSignal.any([signal, deadline]),
    });
    const text = await readStart(response, MAX_ANSWER_BYTES);
    return { status: response.status, headers: response.headers, text };
  } catch (thrown) {
    // The runtime's message quotes the address, and that may hold a secret.
    if (neverLeft(thrown)) throw notifyFailure("unavailable", "The provider could not be reached");
    const what = deadline.aborted ? "gave no answer in time" : "broke the connection off";
    throw notifyFailure("outcome_unknown", `The provider ${what}: it may have taken the message`);
  }
}

/** The same for an address that a user gave; redirects are not followed. */
export async function callAddress(
  fetch: GuardedFetch,
  { url, headers, body, signal, timeoutMs = TIMEOUT_MS }: VendorRequest,
): Promise<VendorAnswer> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal,
      timeoutMs,
      maxRedirects: 0,
      maxBytes: MAX_ANSWER_BYTES,
      cut: true,
    });
    return { status: answer.status, headers: answer.headers, text: new TextDecoder().decode(answer.body) };
  } catch (thrown) {
    throw addressFailure(thrown);
  }
}

function addressFailure(thrown: unknown): AppError {
  if (!(thrown instanceof AppError)) {
    return notifyFailure("outcome_unknown", `The address gave no answer: ${nameOf(thrown)}`);
  }
  const detail = messageOf(thrown);
  if (thrown.code === "validation_failed") return notifyFailure("forbidden_address", detail);
  if (thrown.code === "upstream_failed" && (neverLeft(thrown) || /has no address$/.test(detail))) {
    return notifyFailure("unavailable", "The address could not be reached");
  }
  if (/redirects too often$/.test(detail)) {
    return notifyFailure("unavailable", "The address redirects, which is not followed");
  }
  return notifyFailure("outcome_unknown", detail);
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "unknown";
}

const BY_STATUS: Readonly<Record<number, NotifyFailureClass>> = {
  401: "auth",
  403: "auth",
  408: "unavailable",
  410: "gone",
  425: "unavailable",
  429: "rate_limited",
  503: "unavailable",
};

export interface Refusal {
  readonly name: string;
  /** Where this vendor means something else by a status. */
  readonly by?: Readonly<Record<number, NotifyFailureClass>>;
  readonly vendorCode?: string | number | null;
  readonly detail?: string | null;
}

/** What an answer that is no success means. A gateway's 5xx may hide a request that went through. */
export function refusal(answer: VendorAnswer, { name, by = {}, vendorCode, detail }: Refusal): AppError {
  const { status, headers, text } = answer;
  const kind = by[status] ?? BY_STATUS[status] ?? (status >= 500 ? "outcome_unknown" : "rejected");
  const said = (detail ?? text).replace(/\s+/g, " ").trim().slice(0, 200);
  return notifyFailure(kind, `${name} answered ${status}${said === "" ? "" : `: ${said}`}`, {
    vendorCode: vendorCode ?? status,
    retryAfterMs: retryAfterOf(headers, { now: Date.now(), body: text }),
  });
}

/** Words as Markdown shows them: a customer's may not make links that show another address than theirs. */
export function plain(text: string): string {
  return text.replace(/([\\[\]_*`~|])/g, "\\$1");
}

/** At most `max` UTF-16 units, whole characters, with a sign that something is missing. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed().replace(/\ufffd$/, "")}…`;
}

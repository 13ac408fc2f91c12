import { AppError, invalid } from "../../kernel/errors.ts";
import type { GuardedFetchOptions } from "../../ports/fetch.ts";

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: GuardedFetchOptions["body"];
}

export const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Not carried to another origin. */
const PRIVATE_HEADERS = /^(authorization|cookie|proxy-authorization|.*(signature|secret|token|api-key).*)$/i;
/** These say how the connection works and are ours to set. */
const CONNECTION_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer|keep-alive)$/i;

/** The call as it was ordered. How the connection works is not the caller's to say. */
export function firstHop(url: string, { method = "GET", headers = {}, body }: GuardedFetchOptions): Hop {
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.test(name)));
  return { url: parseAddress(url), method: method.toUpperCase(), headers: own, body };
}

export async function withDeadline<T>(
  { timeoutMs = 10_000, signal }: Pick<GuardedFetchOptions, "timeoutMs" | "signal">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const late = new AppError("upstream_timeout", `There was no answer within ${timeoutMs} ms`);
  const timer = setTimeout(() => deadline.abort(late), timeoutMs);
  try {
    return await work(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** URL's parser also turns `0x7f.1`, `2130706433` and `[::ffff:127.0.0.1]` into their plain forms. */
export function parseAddress(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url === null) throw invalid("url", "is not an address");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid("url", "must start with http:// or https://");
  }
  if (url.username !== "" || url.password !== "") throw invalid("url", "may not carry a user or a password");
  return url;
}

export function nextHop(hop: Hop, { status, location }: { status: number; location: string }): Hop {
  const url = parseAddress(location, hop.url);
  const asGet = status === 303 || (status !== 307 && status !== 308 && hop.method === "POST");
  const sameOrigin = url.origin === hop.url.origin;
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) =>
      (sameOrigin || !PRIVATE_HEADERS.test(name)) && !(asGet && /^content-/i.test(name))
    ),
  );
  return asGet && hop.method !== "HEAD"
    ? { url, method: "GET", headers, body: undefined }
    : { ...hop, url, headers };
}

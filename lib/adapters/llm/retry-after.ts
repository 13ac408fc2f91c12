/**
 * When a vendor says to come back, in milliseconds: `retry-after-ms`, `retry-after` (seconds or an HTTP date,
 * RFC 9110 10.2.3), or `retryDelay: "17s"` in the body (Google's RetryInfo). Undefined when it does not say.
 */
export function retryAfterOf(
  headers: Headers | undefined,
  { now, body = "" }: { readonly now: number; readonly body?: string },
): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms);
  const after = headers?.get("retry-after")?.trim();
  if (after) {
    const seconds = Number(after);
    if (Number.isFinite(seconds) && seconds >= 0) return Math.round(seconds * 1000);
    const date = Date.parse(after);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  return delay === undefined ? undefined : Math.round(Number(delay) * 1000);
}

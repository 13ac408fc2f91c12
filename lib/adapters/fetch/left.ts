const NO_CONNECTION = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"]);

/**
 * Whether a request certainly did not leave us. hyper (Deno) says "client error (Connect)" when there was no
 * connection to write to; a forbidden port is refused by fetch itself; node:http names the failed step.
 */
export function neverLeft(thrown: unknown): boolean {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if (/client error \(Connect\)|^Fetch failed: Requests to port \d+ are blocked/.test(at.message)) {
      return true;
    }
    if (NO_CONNECTION.has(String(Reflect.get(at, "code")))) return true;
  }
  return false;
}

import { AppError, invalid } from "../../kernel/errors.ts";
import type { GuardedFetch, GuardedFetchOptions, GuardedResponse } from "../../ports/fetch.ts";
import { isPublicAddress } from "./address.ts";
import { firstHop, nextHop, parseAddress, REDIRECTS, withDeadline } from "./hops.ts";

/** Names that no public resolver knows (RFC 6761, RFC 6762, RFC 8375). */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion|test|invalid)\.?$/i;

/**
 * Calls an address that a user gave where names are resolved by the platform, which has no private network behind
 * it. Addresses by number must be public, names must not be local ones, and each redirect is checked as the first.
 */
export function createIsolateFetch({ fetch }: { readonly fetch: typeof globalThis.fetch }): GuardedFetch {
  async function follow(url: string, options: GuardedFetchOptions, signal: AbortSignal) {
    const { maxBytes = 1024 * 1024, cut = false, maxRedirects = 3 } = options;
    let hop = firstHop(url, options);
    for (let redirects = 0;; redirects++) {
      refuseLocal(hop.url);
      const { method, headers, body } = hop;
      const response = await fetch(hop.url, {
        method,
        headers,
        signal,
        redirect: "manual",
        ...(body === undefined ? {} : { body }),
      });
      const location = response.headers.get("location");
      if (!REDIRECTS.has(response.status) || location === null) {
        return await readLimited(response, { maxBytes, cut });
      }
      await response.body?.cancel();
      if (redirects >= maxRedirects) throw new AppError("upstream_failed", "The address redirects too often");
      hop = nextHop(hop, { status: response.status, location });
    }
  }

  const call = (url: string, options: GuardedFetchOptions = {}) =>
    withDeadline(options, async (signal) => {
      try {
        return await follow(url, options, signal);
      } catch (cause) {
        if (cause instanceof AppError || options.signal?.aborted) throw cause;
        if (signal.aborted && signal.reason instanceof AppError) throw signal.reason;
        throw new AppError("upstream_failed", "The address could not be called", { cause });
      }
    });

  return Object.assign(call, {
    // deno-lint-ignore require-await -- a bad address must reject, not throw
    check: async (url: string) => refuseLocal(parseAddress(url)),
  });
}

function refuseLocal({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, "");
  const literal = /^[\d.]+$|:/.test(host);
  const fine = literal ? isPublicAddress(host) : host.includes(".") && !LOCAL_NAME.test(host);
  if (!fine) throw invalid("url", "must be an address of the public internet");
}

async function readLimited(
  response: Response,
  { maxBytes, cut }: { maxBytes: number; cut: boolean },
): Promise<GuardedResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const room = maxBytes - size;
    if (chunk.byteLength > room && !cut) {
      throw new AppError("payload_too_large", `The answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk.subarray(0, room));
    size += Math.min(chunk.byteLength, room);
    if (chunk.byteLength > room) break;
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return { status: response.status, headers: response.headers, body };
}

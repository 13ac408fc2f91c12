import { lookup } from "node:dns/promises";
import { AppError, invalid } from "../../kernel/errors.ts";
import type { GuardedFetch, GuardedFetchOptions, GuardedResponse } from "../../ports/fetch.ts";
import { isPublicAddress } from "./address.ts";
import { callPinned } from "./connect.ts";
import { firstHop, type Hop, nextHop, parseAddress, REDIRECTS, withDeadline } from "./hops.ts";

export interface GuardedFetchSetup {
  /** All addresses of a name. Default: the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Lets 127.0.0.1 (and only it) through, for servers of the tests. */
  readonly allowLoopbackForTests?: boolean;
  /** A certificate authority to trust instead of the system's, as PEM. */
  readonly ca?: string;
}

/**
 * Calls an address that a user gave. Names are resolved here, every address is checked, and the connection is
 * pinned to the checked one, so a name that changes its address in between (DNS rebinding) gains nothing.
 */
export function createGuardedFetch(setup: GuardedFetchSetup = {}): GuardedFetch {
  const { resolve = resolveBySystem, allowLoopbackForTests = false, ca } = setup;
  const accept = (address: string) =>
    isPublicAddress(address) || (allowLoopbackForTests && address === "127.0.0.1");

  /** The address to connect to. All of a name's addresses must be public: one that is not tells its intent. */
  async function addressOf(url: URL, signal: AbortSignal): Promise<string> {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const literal = /^[\d.]+$|:/.test(host);
    const found = literal ? [host] : await unlessAborted(resolve(host).catch(() => []), signal);
    if (found.length === 0) throw new AppError("upstream_failed", `The name "${host}" has no address`);
    if (!found.every(accept)) throw invalid("url", "must be an address of the public internet");
    return found.find((address) => !address.includes(":")) ?? found[0] ?? host;
  }

  async function follow(
    first: Hop,
    options: GuardedFetchOptions,
    signal: AbortSignal,
  ): Promise<GuardedResponse> {
    const { maxBytes = 1024 * 1024, cut = false, maxRedirects = 3 } = options;
    let hop = first;
    for (let redirects = 0;; redirects++) {
      const address = await addressOf(hop.url, signal);
      const response = await callPinned({
        ...hop,
        address,
        maxBytes,
        cut,
        signal,
        accept,
        ...(ca === undefined ? {} : { ca }),
      });
      const location = response.headers.get("location");
      if (!REDIRECTS.has(response.status) || location === null) return response;
      if (redirects >= maxRedirects) throw new AppError("upstream_failed", "The address redirects too often");
      hop = nextHop(hop, { status: response.status, location });
    }
  }

  async function call(url: string, options: GuardedFetchOptions = {}): Promise<GuardedResponse> {
    return await withDeadline(options, async (signal) => {
      try {
        return await follow(firstHop(url, options), options, signal);
      } catch (cause) {
        if (cause instanceof AppError || options.signal?.aborted) throw cause;
        throw new AppError("upstream_failed", "The address could not be called", { cause });
      }
    });
  }

  return Object.assign(call, {
    check: (url: string) =>
      withDeadline({}, async (signal) => {
        try {
          await addressOf(parseAddress(url), signal);
        } catch (thrown) {
          // Who saves an address has more likely mistyped its name than met a failing resolver.
          const nameless = thrown instanceof AppError && thrown.code === "upstream_failed";
          throw nameless ? invalid("url", thrown.message) : thrown;
        }
      }),
  });
}

async function resolveBySystem(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

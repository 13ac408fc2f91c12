import { lookup } from "node:dns/promises";
import { AppError, invalid } from "../../kernel/errors.ts";
import type { GuardedFetch, GuardedFetchOptions, GuardedResponse } from "../../ports/fetch.ts";
import { isPublicAddress } from "./address.ts";
import { callPinned } from "./connect.ts";

export interface GuardedFetchSetup {
  /** All addresses of a name. Default: the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Lets 127.0.0.1 (and only it) through, for servers of the tests. */
  readonly allowLoopbackForTests?: boolean;
  /** A certificate authority to trust instead of the system's, as PEM. */
  readonly ca?: string;
}

interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: GuardedFetchOptions["body"];
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Not carried to another origin. */
const PRIVATE_HEADERS = /^(authorization|cookie|proxy-authorization|.*(signature|secret|token|api-key).*)$/i;
/** These say how the connection works and are ours to set. */
const CONNECTION_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer|keep-alive)$/i;

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
    const { maxBytes = 1024 * 1024, maxRedirects = 3 } = options;
    let hop = first;
    for (let redirects = 0;; redirects++) {
      const address = await addressOf(hop.url, signal);
      const response = await callPinned({
        ...hop,
        address,
        maxBytes,
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
    const { method = "GET", headers = {}, body } = options;
    const own = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.test(name)),
    );
    return await withDeadline(options, async (signal) => {
      try {
        return await follow(
          { url: parse(url), method: method.toUpperCase(), headers: own, body },
          options,
          signal,
        );
      } catch (cause) {
        if (cause instanceof AppError || options.signal?.aborted) throw cause;
        throw new AppError("upstream_failed", "The address could not be called", { cause });
      }
    });
  }

  return Object.assign(call, {
    check: (url: string) => withDeadline({}, async (signal) => void await addressOf(parse(url), signal)),
  });
}

async function withDeadline<T>(
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
function parse(text: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url === null) throw invalid("url", "is not an address");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid("url", "must start with http:// or https://");
  }
  if (url.username !== "" || url.password !== "") throw invalid("url", "may not carry a user or a password");
  return url;
}

function nextHop(hop: Hop, { status, location }: { status: number; location: string }): Hop {
  const url = parse(location, hop.url);
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

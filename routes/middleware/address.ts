import ipaddr from "ipaddr.js";

/**
 * The caller's address: the peer's, or the last entry of X-Forwarded-For that is not one of our proxies, when
 * the peer is one of them. Anyone else's X-Forwarded-For is ignored.
 */
export function createAddressReader(
  trusted: readonly string[],
): (peer: string | null, headers: Headers) => string | null {
  const ranges = trusted.map(parseRange);
  const isProxy = (address: string) => ranges.some((inRange) => inRange(address));
  return (peer, headers) => {
    if (peer === null || ranges.length === 0 || !isProxy(peer)) return peer;
    const hops = (headers.get("x-forwarded-for") ?? "").split(",").map(withoutPort);
    // From the nearest on: what stands before a hop that can't be read, or is not ours, anybody may have written.
    let known = peer;
    for (const hop of hops.reverse()) {
      if (!ipaddr.isValid(hop)) return known;
      known = hop;
      if (!isProxy(hop)) return known;
    }
    return known;
  };
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed, plain] = /^\s*(?:\[([^\]]+)\](?::\d+)?|([^:\s]+):\d+)\s*$/.exec(hop) ?? [];
  return bracketed ?? plain ?? hop.trim();
}

function parseRange(text: string): (address: string) => boolean {
  const range = text.includes("/") ? ipaddr.parseCIDR(text) : null;
  const single = range === null ? ipaddr.process(text) : null;
  return (address) => {
    const parsed = ipaddr.process(address);
    if (single !== null) return parsed.toString() === single.toString();
    return range !== null && parsed.kind() === range[0].kind() && parsed.match(range);
  };
}

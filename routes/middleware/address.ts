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
    const forwarded = headers.get("x-forwarded-for") ?? "";
    const hops = forwarded.split(",").map((hop) => hop.trim()).filter((hop) => ipaddr.isValid(hop));
    return hops.findLast((hop) => !isProxy(hop)) ?? hops[0] ?? peer;
  };
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

import ipaddr from "ipaddr.js";

/** Public by number, yet answered by a cloud's own machinery. */
const METADATA = new Set(["168.63.129.16"]);

/**
 * True for an address of the open internet. IPv6 that carries an IPv4 address (mapped, NAT64, 6to4, Teredo) is
 * refused as a whole, and so is everything outside of 2000::/3 (RFC 4291, 2.4).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  if (address instanceof ipaddr.IPv4) return !METADATA.has(address.toString());
  return address.match(ipaddr.parseCIDR("2000::/3"));
}

import assert from "node:assert/strict";
import { addressBlock } from "../../../lib/kernel/address.ts";

Deno.test("addressBlock takes an IPv4 address as it is and an IPv6 address by its /64, however it is written", () => {
  const cases = [
    ["192.0.2.10", "192.0.2.10"],
    ["::ffff:192.0.2.10", "192.0.2.10"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:ffff::1", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ];
  for (const [address = "", block] of cases) assert.equal(addressBlock(address), block);
});

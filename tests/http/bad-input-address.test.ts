import assert from "node:assert/strict";
import { createAddressReader } from "../../routes/middleware/address.ts";

const read = createAddressReader(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"]);
const from = (peer: string | null, forwarded?: string) =>
  read(peer, new Headers(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }));

Deno.test("X-Forwarded-For of anyone but a trusted proxy is ignored", () => {
  assert.equal(from("203.0.113.5", "198.51.100.1"), "203.0.113.5");
  assert.equal(from(null, "198.51.100.1"), null);
  assert.equal(
    createAddressReader([])("10.0.0.1", new Headers({ "x-forwarded-for": "1.1.1.1" })),
    "10.0.0.1",
  );
});

Deno.test("behind proxies the caller is the last hop that is not one of them, whatever was written before it", () => {
  assert.equal(from("10.0.0.1", "198.51.100.1"), "198.51.100.1");
  assert.equal(from("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.3.4"), "198.51.100.1");
  assert.equal(from("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
  assert.equal(from("192.0.2.7", "2001:db8:2::1, 2001:db8:1::9"), "2001:db8:2::1");
  assert.equal(from("10.0.0.1", "10.0.0.9, 10.0.0.8"), "10.0.0.9");
  assert.equal(from("10.0.0.1"), "10.0.0.1");
});

Deno.test("a hop with a port is read, and one that can't be read ends the search, so that nothing can be slipped in", () => {
  assert.equal(from("10.0.0.1", "1.1.1.1, 198.51.100.1:4711"), "198.51.100.1");
  assert.equal(from("10.0.0.1", "1.1.1.1, [2001:db8:2::1]:4711"), "2001:db8:2::1");
  assert.equal(from("10.0.0.1", "1.1.1.1, unknown"), "10.0.0.1");
  assert.equal(from("10.0.0.1", "1.1.1.1, , 10.0.0.3"), "10.0.0.3");
  assert.equal(from("10.0.0.1", "' or 1=1"), "10.0.0.1");
});

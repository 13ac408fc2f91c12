import assert from "node:assert/strict";
import { isPublicAddress } from "../../lib/adapters/fetch/address.ts";
import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { code } from "./fetch-local.ts";

const never = () => Promise.reject(new Error("must not be asked"));

Deno.test("only addresses of the open internet are public", () => {
  const open = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"];
  const closed = [
    ...[
      "127.0.0.1",
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
    ],
    ...[
      "0.0.0.0",
      "0.1.2.3",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "192.0.0.8",
      "192.0.2.1",
      "198.18.0.1",
    ],
    ...[
      "198.51.100.1",
      "203.0.113.1",
      "168.63.129.16",
      "::",
      "::1",
      "::127.0.0.1",
      "::ffff:10.0.0.1",
      "::ffff:1.1.1.1",
    ],
    ...[
      "64:ff9b::a00:1",
      "64:ff9b:1::a00:1",
      "2002:a00:1::",
      "2001:0:1::1",
      "2001:db8::1",
      "fc00::1",
      "fd00:ec2::254",
    ],
    ...["fe80::1", "fec0::1", "ff02::1", "100::1", "", "localhost", "1.1.1", "1.1.1.1.1"],
  ];
  for (const address of open) assert.equal(isPublicAddress(address), true, address);
  for (const address of closed) assert.equal(isPublicAddress(address), false, address);
});

Deno.test("a forbidden address is refused however it is written, before anything is resolved or called", async () => {
  const guarded = createGuardedFetch({ resolve: never });
  const urls = [
    ...[
      "http://127.0.0.1/",
      "http://127.1/",
      "http://2130706433/",
      "http://0x7f.0.0.1/",
      "http://0177.0.0.1/",
    ],
    ...[
      "http://[::1]/",
      "http://[::ffff:127.0.0.1]/",
      "http://[::ffff:7f00:1]/",
      "http://[64:ff9b::7f00:1]/",
      "http://0/",
    ],
    ...[
      "http://169.254.169.254/latest/meta-data",
      "http://１２７.0.0.1/",
      "https://10.0.0.1:8443/",
      "http://[fe80::1]/",
    ],
  ];
  for (const url of urls) {
    await assert.rejects(guarded(url), code("validation_failed"), url);
    await assert.rejects(guarded.check(url), code("validation_failed"), url);
  }
});

Deno.test("only http and https without a password are called", async () => {
  const guarded = createGuardedFetch({ resolve: never });
  for (
    const url of [
      "ftp://x.example/",
      "file:///etc/passwd",
      "javascript:1",
      "http://u:p@x.example/",
      "http://u@x.example/",
      "nonsense",
      "",
    ]
  ) {
    await assert.rejects(guarded(url), code("validation_failed"), url);
  }
});

Deno.test("a name is refused when any of its addresses is private, and when it has none", async () => {
  const names: Record<string, string[]> = {
    "mixed.example": ["93.184.216.34", "10.0.0.1"],
    "inner.example": ["::1"],
    "none.example": [],
  };
  const guarded = createGuardedFetch({ resolve: (name) => Promise.resolve(names[name] ?? []) });
  await assert.rejects(guarded("http://mixed.example/"), code("validation_failed"));
  await assert.rejects(guarded("http://inner.example/"), code("validation_failed"));
  await assert.rejects(guarded.check("http://none.example/"), code("validation_failed"), "when it is saved");
  await assert.rejects(guarded("http://none.example/"), code("upstream_failed"), "when it is called");
  await assert.rejects(createGuardedFetch()("http://localhost/"), code("validation_failed"));
});

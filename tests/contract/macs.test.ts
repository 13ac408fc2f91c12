import assert from "node:assert/strict";
import { createWebMacs } from "../../lib/adapters/macs/web.ts";
import type { Macs } from "../../lib/ports/macs.ts";

const ADAPTERS: Readonly<Record<string, () => Macs>> = { web: createWebMacs };
const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) =>
  Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));

for (const [name, create] of Object.entries(ADAPTERS)) {
  Deno.test(`macs by ${name} know RFC 4231's sums and refuse any other key, body or length`, async () => {
    const macs = create();
    const mac = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const message = bytes("what do ya want for nothing?");
    assert.equal(await macs.verify("Jefe", { bytes: message, mac }), true);
    assert.equal(await macs.verify("Jefe", { bytes: message, mac }), true);
    assert.equal(await macs.verify("jefe", { bytes: message, mac }), false);
    assert.equal(await macs.verify("Jefe", { bytes: bytes("what do ya want for nothing!"), mac }), false);
    for (let at = 0; at < mac.length; at++) {
      const wrong = mac.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      assert.equal(await macs.verify("Jefe", { bytes: message, mac: wrong }), false);
    }
    assert.equal(await macs.verify("Jefe", { bytes: message, mac: mac.slice(0, 31) }), false);
    assert.equal(await macs.verify("Jefe", { bytes: message, mac: new Uint8Array() }), false);
  });
}

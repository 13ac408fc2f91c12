import assert from "node:assert/strict";
import { createSecretBox } from "../../lib/adapters/secrets/aes-gcm.ts";
import { AppError } from "../../lib/kernel/errors.ts";

const key = (fill: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));
const refused = (error: unknown) => error instanceof AppError && error.code === "internal";

Deno.test("a sealed text opens to what it was, and no two are alike", async () => {
  const box = createSecretBox([key(1)]);
  const plain = "tökén \u0000 \uFEFF end";
  const [a, b] = [await box.seal(plain, "cha_1"), await box.seal(plain, "cha_1")];
  assert.notEqual(a, b);
  assert.equal(await box.open(a, "cha_1"), plain);
  assert.equal(await box.open(await box.seal("", "x"), "x"), "");
});

Deno.test("a sealed text can't be moved to another row, changed or cut", async () => {
  const box = createSecretBox([key(1)]);
  const sealed = await box.seal("token", "cha_1");
  const flipped = sealed.slice(0, -1) + (sealed.endsWith("A") ? "B" : "A");
  await assert.rejects(box.open(sealed, "cha_2"), refused);
  for (
    const text of [
      flipped,
      sealed.slice(0, -4),
      "",
      "v1",
      "v1.x.y",
      `v2${sealed.slice(2)}`,
      `${sealed}.z`,
      "%%%.#.é",
    ]
  ) {
    await assert.rejects(box.open(text, "cha_1"), refused, text);
  }
});

Deno.test("the first key seals and all open, so keys rotate; a lost key is named", async () => {
  const before = createSecretBox([key(1)]);
  const during = createSecretBox([key(2), key(1)]);
  const after = createSecretBox([key(2)]);
  const old = await before.seal("token", "c");
  assert.equal(await during.open(old, "c"), "token");
  assert.equal(await after.open(await during.seal("token", "c"), "c"), "token");
  await assert.rejects(after.open(old, "c"), /no longer has/);
});

Deno.test("a key that is not 32 bytes is refused when the box is made", () => {
  assert.throws(() => createSecretBox([btoa("short")]), /32 bytes/);
  assert.throws(() => createSecretBox([]), TypeError);
});

import assert from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { createPasswordHasher } from "../../lib/adapters/passwords/scrypt.ts";
import { AppError } from "../../lib/kernel/errors.ts";

const cheap = { logN: 4 };

Deno.test("the default hash is scrypt with N=2^15, r=8, p=1 and a salt of its own", async () => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash("correct horse");
  assert.match(hash, /^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.deepEqual(await hasher.verify("correct horse", hash), { ok: true, rehash: false });
  assert.deepEqual(await hasher.verify("correct horsf", hash), { ok: false, rehash: false });
});

Deno.test("two hashes of one password differ, and typing it decomposed is the same password", async () => {
  const hasher = createPasswordHasher(cheap);
  const [a, b] = [await hasher.hash("contraseña"), await hasher.hash("contraseña")];
  assert.notEqual(a, b);
  assert.equal((await hasher.verify("contraseña".normalize("NFD"), a)).ok, true);
});

Deno.test("a hash of a lower cost is right and to be made anew; a wrong password never is", async () => {
  const old = await createPasswordHasher(cheap).hash("secret");
  const hasher = createPasswordHasher({ logN: 5 });
  assert.deepEqual(await hasher.verify("secret", old), { ok: true, rehash: true });
  assert.deepEqual(await hasher.verify("wrong", old), { ok: false, rehash: false });
});

Deno.test("bcrypt hashes of imported users are verified once and to be made anew", async () => {
  const hasher = createPasswordHasher(cheap);
  const hash = hashSync("secret", 4);
  for (const kind of ["2a", "2b", "2y"]) {
    const imported = hash.replace(/^\$2[aby]/, `$${kind}`);
    assert.deepEqual(await hasher.verify("secret", imported), { ok: true, rehash: true });
    assert.deepEqual(await hasher.verify("Secret", imported), { ok: false, rehash: false });
  }
});

Deno.test("checking a bcrypt hash leaves the event loop free", async () => {
  const hash = hashSync("secret", 11);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await createPasswordHasher(cheap).verify("secret", hash);
  clearInterval(timer);
  // A check in this thread leaves it none, or one after each tenth of a second.
  assert.ok(turns >= 20, `the loop turned ${turns} times`);
});

Deno.test("a hash that is none, or of an absurd cost, is a wrong password", async () => {
  const hasher = createPasswordHasher(cheap);
  const salted = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  for (
    const hash of [
      "",
      "plain",
      `$scrypt$ln=31,r=8,p=1${salted}`,
      `$scrypt$ln=4,r=0,p=1${salted}`,
      `$2b$31$${"a".repeat(53)}`,
    ]
  ) {
    assert.deepEqual(await hasher.verify("x", hash), { ok: false, rehash: false });
  }
});

Deno.test("more callers than may wait are refused as busy, the others are served", async () => {
  const hasher = createPasswordHasher({ logN: 10, parallel: 1, waiting: 2 });
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => hasher.hash("secret")));
  const refused = results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
  assert.equal(refused.length, 3);
  assert.ok(
    refused.every((error) => error instanceof AppError && error.code === "busy" && error.retryAfterMs),
  );
  assert.ok((await hasher.hash("again")).startsWith("$scrypt$"));
});

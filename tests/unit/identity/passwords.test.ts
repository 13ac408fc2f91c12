import assert from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { eq } from "drizzle-orm";
import { users } from "../../../db/schema/identity.ts";
import { createPasswordHasher } from "../../../lib/adapters/passwords/scrypt.ts";
import { changePassword, createUser, login } from "../../../lib/identity/mod.ts";
import { checkPassword, hashPassword } from "../../../lib/identity/passwords.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { sleep } from "../../../lib/kernel/retry.ts";
import { strengthOf, weaknessOf } from "../../../lib/identity/strength.ts";
import { harness } from "../../support/harness.ts";
import { GOOD_PASSWORD, signIn, visitorCtx } from "../../support/people.ts";
import { holdTimers } from "../../support/timers.ts";

Deno.test("a bcrypt hash of an imported user signs in and becomes scrypt, with the real hasher", async () => {
  await using h = await harness({ ports: { passwords: createPasswordHasher() } });
  const { id } = await createUser(h.system, { email: "ana@example.com" });
  const imported = hashSync(GOOD_PASSWORD, 4);
  await h.system.transact((tx) =>
    tx.db.update(users).set({ passwordHash: imported }).where(eq(users.id, id))
  );
  await assert.rejects(signIn(h, "ana", "wrong"), { code: "invalid_credentials" });
  assert.equal((await signIn(h, "ana")).profile.id, id);
  const [row] = await h.system.db.select().from(users).where(eq(users.id, id));
  assert.match(row?.passwordHash ?? "", /scrypt/);
  assert.equal((await signIn(h, "ana")).profile.id, id);
});

Deno.test("checkPassword verifies exactly once, with a hash, with none and at the first call", async () => {
  await using h = await harness();
  const ctx = visitorCtx(h);
  const hash = await hashPassword(ctx, "one");
  for (
    const [password, stored, ok] of [["one", hash, true], ["two", hash, false], ["one", null, false]] as const
  ) {
    const before = h.ports.passwords.verifications;
    assert.equal((await checkPassword(ctx, { password, hash: stored })).ok, ok);
    assert.equal(h.ports.passwords.verifications - before, 1);
  }
});

Deno.test("the present password can't be guessed through changing it", async () => {
  await using h = await harness();
  const ana = await h.person();
  const guess = () => changePassword(ana.ctx, { current: "wrong", next: GOOD_PASSWORD });
  for (let i = 0; i < 10; i++) await assert.rejects(guess(), { code: "invalid_credentials" });
  await assert.rejects(guess(), { code: "rate_limited" });
});

/** As long as a sign-in waits for others at the same account: no machine is so slow here. */
const PATIENCE_MS = 5000;

Deno.test("a hundred guesses sent at once are no more than ten verifications", async () => {
  using _patience = holdTimers(PATIENCE_MS);
  await using h = await harness();
  await createUser(h.system, { email: "ana@example.com", password: GOOD_PASSWORD });
  const before = h.ports.passwords.verifications;
  const { limiter, passwords } = h.ports;
  const verify = passwords.verify.bind(passwords);
  // As slow as a real one.
  passwords.verify = async (...given) => (await sleep(60), await verify(...given));
  const take = limiter.take.bind(limiter);
  let asked = 0;
  limiter.take = (policy, ...rest) => {
    if (policy.name === "login.account") asked++;
    return take(policy, ...rest);
  };
  const tries = Array.from(
    { length: 100 },
    (_, i) => login(visitorCtx(h, `198.51.100.${i}`), { login: "ana@example.com", password: `guess-${i}` }),
  );
  const results = await Promise.allSettled(tries);
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(h.ports.passwords.verifications - before, 10);
  assert.equal(
    asked,
    190,
    "who waits asks the limiter again when there is something new, and not again and again",
  );
});

Deno.test("forty sign-ins with the right password at once all succeed", async () => {
  using _patience = holdTimers(PATIENCE_MS);
  await using h = await harness();
  await createUser(h.system, { email: "ana@example.com", password: GOOD_PASSWORD });
  const signIns = Array.from(
    { length: 40 },
    () => login(visitorCtx(h, "198.51.100.7"), { login: "ana@example.com", password: GOOD_PASSWORD }),
  );
  const sessions = await Promise.all(signIns);
  assert.equal(new Set(sessions.map(({ tokens }) => tokens.refreshToken)).size, 40);
});

Deno.test("a user who was disabled or changed the password while signing in gets no session", async () => {
  await using h = await harness();
  const { id } = await createUser(h.system, { email: "ana@example.com", password: GOOD_PASSWORD });
  const { verify } = h.ports.passwords;
  h.ports.passwords.verify = async (password, hash) => {
    const verdict = await verify.call(h.ports.passwords, password, hash);
    await h.system.transact((tx) => tx.db.update(users).set({ disabledAt: 1 }).where(eq(users.id, id)));
    return verdict;
  };
  await assert.rejects(signIn(h, "ana"), { code: "invalid_credentials" });
});

Deno.test("the estimator knows common words in Spanish and the user's own, and is quick with long input", async () => {
  assert.ok((await strengthOf("contraseña", [])).score < 2);
  assert.ok((await strengthOf("Password123!", [])).score < 2);
  assert.match(await weaknessOf("1234567", []) ?? "", /8 characters/);
  assert.match(await weaknessOf("x".repeat(1025), []) ?? "", /1024/);
  assert.equal(await weaknessOf("x9".repeat(10) + "Unlikely phrase about herons", []), null);
  assert.notEqual(await weaknessOf("mariposa.azulada", ["mariposa.azulada@example.com"]), null);
});

Deno.test("a hasher that was busy at the very first sign-in does not refuse the ones after", async () => {
  const real = createPasswordHasher({ logN: 4 });
  let busy = true;
  const passwords = {
    ...real,
    hash: (password: string) =>
      busy ? Promise.reject(new AppError("busy", "Too many sign-ins at this moment")) : real.hash(password),
  };
  await using h = await harness({ ports: { passwords } });
  const check = () => checkPassword(visitorCtx(h), { password: "x", hash: null });
  await assert.rejects(check(), { code: "busy" });
  busy = false;
  assert.equal((await check()).ok, false);
});

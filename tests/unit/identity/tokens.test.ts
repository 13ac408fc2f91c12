import assert from "node:assert/strict";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { type Config, loadConfig } from "../../../lib/config.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { deriveSecret, isDerived } from "../../../lib/identity/keys.ts";
import {
  isRefreshTokenOf,
  parseRefreshToken,
  refreshTokenOf,
  signToken,
  verifyToken,
} from "../../../lib/identity/tokens.ts";

const OLD = "old-secret-".repeat(4);
const NEW = "new-secret-".repeat(4);
const NOW = Date.UTC(2026, 0, 5);
const claims = { kind: "user", userId: "usr_1", sessionId: "ses_1", workspaceId: "wsp_1", epoch: 3 } as const;

function configOf(secrets: string): Config {
  return loadConfig({ JWT_SECRET: secrets }).config;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    assert.ok(thrown instanceof AppError, String(thrown));
    return thrown.code;
  }
  return "accepted";
}

/** A JWT that is right in all but what the test changes. */
function forged() {
  return new SignJWT({ sid: "ses_1", wsp: "wsp_1", ep: 9 }).setIssuer("cauce").setAudience("user").setSubject(
    "usr_1",
  )
    .setIssuedAt(NOW / 1000).setExpirationTime(NOW / 1000 + 600);
}

function kidOf(token: string): string {
  return JSON.parse(atob((token.split(".")[0] ?? "").replaceAll("-", "+").replaceAll("_", "/"))).kid;
}

Deno.test("an access token says who, which session and which workspace, until it expires", async () => {
  const config = configOf(OLD);
  const token = await signToken(config, { claims, now: NOW, ttlMs: 60_000 });
  assert.deepEqual(await verifyToken(config, token, NOW + 59_000), { ...claims, expiresAt: NOW + 60_000 });
  assert.equal(await refusal(verifyToken(config, token, NOW + 60_000)), "token_expired");
});

Deno.test("two access tokens of one session and second differ", async () => {
  const config = configOf(OLD);
  const [a, b] = await Promise.all([0, 1].map(() => signToken(config, { claims, now: NOW, ttlMs: 60_000 })));
  assert.notEqual(a, b);
});

Deno.test("a token of alg none, another algorithm, another key or another kid is refused", async () => {
  const config = configOf(OLD);
  const kid = kidOf(await signToken(config, { claims, now: NOW, ttlMs: 60_000 }));
  const key = new TextEncoder().encode(OLD);
  const { privateKey } = await generateKeyPair("RS256");
  const unsecured = new UnsecuredJWT({ sid: "ses_1", wsp: "wsp_1", ep: 9 }).setIssuer("cauce").setAudience(
    "user",
  ).setSubject("usr_1")
    .setExpirationTime(NOW / 1000 + 600).encode();
  const none = `${btoa(JSON.stringify({ alg: "none", kid })).replaceAll("=", "")}.${
    unsecured.split(".")[1]
  }.`;
  const bad = [
    unsecured,
    none,
    await forged().setProtectedHeader({ alg: "HS384", kid }).sign(key),
    await forged().setProtectedHeader({ alg: "HS512", kid }).sign(key),
    await forged().setProtectedHeader({ alg: "RS256", kid }).sign(privateKey),
    await forged().setProtectedHeader({ alg: "HS256", kid }).sign(new TextEncoder().encode(NEW)),
    await forged().setProtectedHeader({ alg: "HS256", kid: "other" }).sign(key),
    await forged().setProtectedHeader({ alg: "HS256" }).sign(key),
    await forged().setIssuer("somebody").setProtectedHeader({ alg: "HS256", kid }).sign(key),
    await forged().setAudience("service").setProtectedHeader({ alg: "HS256", kid }).sign(key),
    await new SignJWT({ sid: "ses_1", ep: 1 }).setIssuer("cauce").setAudience("user").setSubject("usr_1")
      .setProtectedHeader({ alg: "HS256", kid }).sign(key),
    "",
    "a.b.c",
    "😀",
  ];
  for (const token of bad) {
    assert.equal(await refusal(verifyToken(config, token, NOW)), "unauthorized", token.slice(0, 60));
  }
  const good = await forged().setProtectedHeader({ alg: "HS256", kid }).sign(key);
  assert.equal(await refusal(verifyToken(config, good, NOW)), "accepted");
});

Deno.test("a token with one character changed is refused, wherever it is", async () => {
  const config = configOf(OLD);
  const token = await signToken(config, { claims, now: NOW, ttlMs: 60_000 });
  for (let i = 0; i < token.length - 1; i += 7) {
    if (token[i] === ".") continue;
    const changed = `${token.slice(0, i)}${token[i] === "A" ? "B" : "A"}${token.slice(i + 1)}`;
    assert.notEqual(await refusal(verifyToken(config, changed, NOW)), "accepted", `at ${i}`);
  }
});

Deno.test("the first secret signs and all verify, so that a secret is rotated without logging anybody out", async () => {
  const [before, during, after] = [configOf(OLD), configOf(`${NEW},${OLD}`), configOf(NEW)];
  const old = await signToken(before, { claims, now: NOW, ttlMs: 60_000 });
  const fresh = await signToken(during, { claims, now: NOW, ttlMs: 60_000 });
  assert.equal(await refusal(verifyToken(during, old, NOW)), "accepted");
  assert.equal(await refusal(verifyToken(after, fresh, NOW)), "accepted");
  assert.equal(await refusal(verifyToken(after, old, NOW)), "unauthorized");
  assert.notEqual(kidOf(old), kidOf(fresh));
  assert.ok(!old.includes(OLD.slice(0, 8)));
});

Deno.test("a refresh token is the same for the same rotation, and none follows from another", async () => {
  const config = configOf(OLD);
  const session = { id: "ses_01k00000000000000000000000", seed: "seed", rotation: 4 };
  const token = await refreshTokenOf(config, session);
  assert.equal(token, await refreshTokenOf(config, session));
  const parts = parseRefreshToken(token);
  assert.ok(parts !== null);
  assert.equal(parts.rotation, 4);
  assert.equal(await isRefreshTokenOf(config, parts, "seed"), true);
  assert.equal(await isRefreshTokenOf(config, parts, "other seed"), false);
  assert.equal(await isRefreshTokenOf(config, { ...parts, rotation: 5 }, "seed"), false);
  assert.equal(
    await isRefreshTokenOf(config, { ...parts, sessionId: "ses_01k00000000000000000000001" }, "seed"),
    false,
  );
  assert.equal(await isRefreshTokenOf(configOf(`${NEW},${OLD}`), parts, "seed"), true);
  assert.equal(await isRefreshTokenOf(configOf(NEW), parts, "seed"), false);
  for (
    const text of [
      "",
      "crt",
      `${token}x`,
      token.replace("crt.", ""),
      token.replace(".4.", ".-4."),
      token.replace(".4.", ".99999999999."),
    ]
  ) {
    assert.equal(parseRefreshToken(text), null, text);
  }
});

Deno.test("a secret derived for one purpose is not good for another", async () => {
  const config = configOf(OLD);
  const given = await deriveSecret(config, "invitation", ["x"]);
  assert.equal(await isDerived(config, { purpose: "invitation", parts: ["x"], given }), true);
  assert.equal(await isDerived(config, { purpose: "refresh", parts: ["x"], given }), false);
  assert.equal(await isDerived(config, { purpose: "invitation", parts: ["x", ""], given }), false);
  assert.equal(await isDerived(config, { purpose: "invitation", parts: ["x"], given: "not base64!" }), false);
});

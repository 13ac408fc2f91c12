import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { sessions } from "../../../db/schema/identity.ts";
import { auditLog } from "../../../db/schema/log.ts";
import { GRACE_MS, judge } from "../../../lib/identity/refresh.ts";
import { refresh } from "../../../lib/identity/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { registered, visitorCtx } from "../../support/people.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
  return "accepted";
}

async function firstToken(h: Harness): Promise<string> {
  return (await registered(h, "ana@example.com")).body.refresh_token;
}

function renew(h: Harness, refreshToken: string) {
  return refresh(visitorCtx(h), { refreshToken });
}

Deno.test("refresh rotates the token, and the new access token works", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const second = await renew(h, first);
  assert.notEqual(second.refreshToken, first);
  assert.equal((await h.request("GET", "/api/auth/me", { token: second.accessToken })).status, 200);
  const third = await renew(h, second.refreshToken);
  assert.notEqual(third.refreshToken, second.refreshToken);
});

Deno.test("50 parallel refreshes of one token get one successor and log nobody out", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const answers = await Promise.all(Array.from({ length: 50 }, () => renew(h, first)));
  const successors = new Set(answers.map(({ refreshToken }) => refreshToken));
  assert.equal(successors.size, 1);
  const [row] = await h.system.db.select().from(sessions);
  assert.equal(row?.rotation, 1);
  assert.equal(row?.endedAt, null);
  const [successor = ""] = successors;
  assert.equal(await codeOf(renew(h, successor)), "accepted");
  for (const { accessToken } of answers.slice(0, 5)) {
    assert.equal((await h.request("GET", "/api/auth/me", { token: accessToken })).status, 200);
  }
});

Deno.test("a page that comes late with an old token is led to the newest, while others have moved on", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  let newest = first;
  for (let i = 0; i < 4; i++) newest = (await renew(h, newest)).refreshToken;
  h.clock.advance(GRACE_MS);
  assert.equal((await renew(h, first)).refreshToken, newest);
});

Deno.test("a token used again after the grace ends the session, for the thief and the owner, and is audited", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const second = await renew(h, first);
  h.clock.advance(GRACE_MS + 1);
  assert.equal(await codeOf(renew(h, first)), "token_reused");
  assert.equal(await codeOf(renew(h, second.refreshToken)), "unauthorized");
  assert.equal((await h.request("GET", "/api/auth/me", { token: second.accessToken })).status, 401);
  const [row] = await h.system.db.select().from(sessions);
  assert.equal(row?.endReason, "reuse");
  const entries = await h.system.db.select().from(auditLog).where(eq(auditLog.action, "session.reuse"));
  assert.equal(entries.length, 1);
  assert.equal(entries[0]?.subjectId, row?.id);
});

Deno.test("reuse of one session's token leaves the user's other sessions alone", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const other = await h.request("POST", "/api/auth/login", {
    body: { username: "ana@example.com", password: "un-camino-de-agua-7" },
  });
  await renew(h, first);
  h.clock.advance(GRACE_MS + 1);
  assert.equal(await codeOf(renew(h, first)), "token_reused");
  assert.equal(await codeOf(renew(h, other.body.refresh_token)), "accepted");
});

Deno.test("a commit whose answer was lost is answered again with the same successor", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const lost = await renew(h, first);
  h.clock.advance(GRACE_MS - 1);
  assert.equal((await renew(h, first)).refreshToken, lost.refreshToken);
});

Deno.test("a forged, foreign or future refresh token is refused and changes nothing", async () => {
  await using h = await harness();
  const first = await firstToken(h);
  const [crt, id, , proof] = first.split(".");
  for (
    const token of [
      `${crt}.${id}.1.${proof}`,
      `${crt}.${id}.0.${"A".repeat(43)}`,
      "nonsense",
      `${crt}.ses_01k00000000000000000000000.0.${proof}`,
    ]
  ) {
    assert.equal(await codeOf(renew(h, token)), "unauthorized", token);
  }
  const [row] = await h.system.db.select().from(sessions);
  assert.equal(row?.endedAt, null);
  assert.equal(await codeOf(renew(h, first)), "accepted");
});

Deno.test("a session lives on with every refresh and ends when nobody comes", async () => {
  await using h = await harness({ env: { REFRESH_TOKEN_TTL: "2h" } });
  let token = await firstToken(h);
  for (let i = 0; i < 4; i++) {
    h.clock.advance(90 * 60_000);
    token = (await renew(h, token)).refreshToken;
  }
  h.clock.advance(2 * 3_600_000);
  assert.equal(await codeOf(renew(h, token)), "token_expired");
});

Deno.test("judge tells the present token, one within the grace, and a replay apart", () => {
  const session = { rotation: 5, rotatedAt: [1000, 2000, 40_000] };
  const at = (rotation: number, now: number) => judge(session, { rotation, now });
  assert.equal(at(5, 41_000), "current");
  assert.equal(at(4, 41_000), "grace");
  assert.equal(at(4, 40_000 + GRACE_MS), "grace");
  assert.equal(at(4, 40_001 + GRACE_MS), "reused");
  assert.equal(at(3, 41_000), "reused");
  assert.equal(at(2, 31_000), "grace");
  assert.equal(at(1, 31_000), "reused", "longer ago than what is kept");
  assert.equal(at(6, 41_000), "reused", "never given out");
});

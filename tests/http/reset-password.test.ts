import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { oneTimeTokens } from "../../db/schema/identity.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { mailResetLink } from "../../lib/identity/mod.ts";
import { claim, sweep } from "../../lib/jobs/mod.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import type { Mail, Mailer } from "../../lib/ports/mail.ts";
import { handlers } from "../../workers/registry.ts";
import { type Harness, harness } from "../support/harness.ts";
import { GOOD_PASSWORD, registered } from "../support/people.ts";
import { work } from "../unit/conversations/talk.ts";

const NEXT = "otro-camino-de-agua-8";

function forgot(h: Harness, email: string, address?: string) {
  return h.request("POST", "/api/auth/forgot-password", {
    body: { email },
    ...(address === undefined ? {} : { address }),
  });
}

/** Runs the mail jobs that were enqueued, as the lane would. */
async function deliver(h: Harness): Promise<void> {
  for (const row of await h.system.db.select().from(jobs).where(eq(jobs.name, "identity.mail_reset"))) {
    const payload = row.payload;
    assert.ok(typeof payload === "object" && payload !== null && "email" in payload && "request" in payload);
    await mailResetLink(h.system, { email: String(payload.email), request: String(payload.request) });
  }
}

function tokenOf(text: string): string {
  return decodeURIComponent(/#reset=(\S+)/.exec(text)?.[1] ?? "");
}

Deno.test("forgot-password answers 202 and does the same work, whether or not the address is known", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  const before = h.ports.database.stats().members;
  const known = await forgot(h, "ANA@example.com");
  const middle = h.ports.database.stats().members;
  const unknown = await forgot(h, "nobody@example.com");
  assert.equal(known.status, 202);
  assert.deepEqual(known.body, unknown.body);
  assert.equal(middle - before, h.ports.database.stats().members - middle, "as many transactions");
  assert.equal((await h.system.db.select().from(jobs)).length, 2);
  assert.equal(h.ports.mail.sent.length, 0, "nothing is mailed while the caller waits");
});

Deno.test("a mailed link sets the password once and ends every session", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com", { name: "Ana" });
  await h.request("GET", "/api/auth/me", { token: body.access_token });
  await forgot(h, "ana@example.com");
  await deliver(h);
  const [mail] = h.ports.mail.sent;
  assert.equal(mail?.to, "ana@example.com");
  assert.match(mail?.text ?? "", /Hola Ana/);
  const token = tokenOf(mail?.text ?? "");
  const reset = (password: string) =>
    h.request("POST", "/api/auth/reset-password", { body: { token, password } });
  assert.equal((await reset("password")).status, 422, "a weak one does not use the link up");
  assert.equal((await reset(NEXT)).status, 204);
  assert.equal((await reset(NEXT)).status, 410);
  assert.equal((await h.request("GET", "/api/auth/me", { token: body.access_token })).status, 401);
  assert.equal(
    (await h.request("POST", "/api/auth/refresh", { body: { refresh_token: body.refresh_token } })).status,
    401,
  );
  const login = (password: string) =>
    h.request("POST", "/api/auth/login", { body: { username: "ana", password } });
  assert.equal((await login(GOOD_PASSWORD)).status, 401);
  assert.equal((await login(NEXT)).status, 200);
});

Deno.test("twenty uses of one link at once set one password", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  await forgot(h, "ana@example.com");
  await deliver(h);
  const token = tokenOf(h.ports.mail.sent[0]?.text ?? "");
  const answers = await Promise.all(
    Array.from(
      { length: 20 },
      (_, i) =>
        h.request("POST", "/api/auth/reset-password", { body: { token, new_password: `${NEXT}-${i}` } }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...Array(19).fill(410)]);
});

Deno.test("a link is good for an hour, and using one uses up the others", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  await forgot(h, "ana@example.com");
  await forgot(h, "ana@example.com");
  await deliver(h);
  const [first, second] = h.ports.mail.sent.map(({ text }) => tokenOf(text));
  assert.notEqual(first, second);
  assert.equal(
    (await h.request("POST", "/api/auth/reset-password", { body: { token: second, password: NEXT } })).status,
    204,
  );
  assert.equal(
    (await h.request("POST", "/api/auth/reset-password", { body: { token: first, password: NEXT } })).status,
    410,
  );
  await forgot(h, "ana@example.com");
  await deliver(h);
  const third = tokenOf(h.ports.mail.sent.at(-1)?.text ?? "");
  h.clock.advance(3_600_000);
  assert.equal(
    (await h.request("POST", "/api/auth/reset-password", { body: { token: third, password: NEXT } })).status,
    410,
  );
});

Deno.test("a second attempt of the mail job sends the same link under the same id; the token is stored hashed", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  await forgot(h, "ana@example.com");
  await deliver(h);
  await deliver(h);
  const [first, second] = h.ports.mail.sent;
  assert.deepEqual(first, second);
  const rows = await h.system.db.select().from(oneTimeTokens);
  assert.equal(rows.length, 1);
  const stored = JSON.stringify([rows, await h.system.db.select().from(jobs)]);
  assert.ok(!stored.includes(tokenOf(first?.text ?? "none")));
});

Deno.test("the link is in the user's language and on the public address, out of reach of server logs", async () => {
  await using h = await harness({ env: { PUBLIC_URL: "https://cauce.example.com" } });
  await registered(h, "ana@example.com", { locale: "en" });
  await forgot(h, "ana@example.com");
  await deliver(h);
  assert.equal(h.ports.mail.sent[0]?.subject, "Reset your password");
  assert.match(
    h.ports.mail.sent[0]?.text ?? "",
    /https:\/\/cauce\.example\.com\/inbox#reset=[A-Za-z0-9_-]{43}\n/,
  );
});

Deno.test("a disabled user gets no link, and past the limit nobody does: the answer stays 202", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com");
  const admin = await h.person({ platformAdmin: true });
  await h.request("PATCH", `/api/admin/users/${body.user.id}`, {
    token: admin.token,
    body: { disabled: true },
  });
  for (let i = 0; i < 8; i++) {
    assert.equal((await forgot(h, "ana@example.com", `198.51.100.${i}`)).status, 202);
  }
  assert.equal((await h.system.db.select().from(jobs)).length, 5);
  await deliver(h);
  assert.equal(h.ports.mail.sent.length, 0);
});

Deno.test("without mail settings forgot-password answers 202, enqueues nothing and says so in the log", async () => {
  const mail = { configured: false, send: () => Promise.reject(new Error("not configured")) };
  await using h = await harness({ ports: { mail } });
  await registered(h, "ana@example.com");
  assert.equal((await forgot(h, "ana@example.com")).status, 202);
  assert.equal((await h.system.db.select().from(jobs)).length, 0);
  assert.ok(
    h.ports.log.lines.some(({ level, message }) => level === "warn" && message.includes("reset_link")),
  );
});

Deno.test("a reset link and an invitation arrive once the mail server is back, and after a sender that was killed", async () => {
  let away = true;
  const sent: Mail[] = [];
  const mail: Mailer = {
    configured: true,
    send: (one) => {
      if (away) return Promise.reject(new AppError("upstream_failed", "The mail server is away"));
      sent.push(one);
      return Promise.resolve();
    },
  };
  await using h = await harness({ ports: { mail } });
  await registered(h, "ana@example.com");
  const owner = await h.person();
  await forgot(h, "ana@example.com");
  await h.request("POST", "/api/workspaces/current/invitations", {
    token: owner.token,
    body: { email: "luis@example.com", role: "operator" },
  });
  const minutes = async (count: number) => {
    for (let at = 0; at < count; at++) {
      h.clock.advance(60_000);
      await work(h, handlers);
    }
  };
  await minutes(10);
  assert.equal(sent.length, 0);
  // Its process takes the jobs and is gone before it has sent anything, or said that it had.
  h.clock.advance(15 * 60_000);
  await sweep(h.system);
  const taken = await claim(h.system, { lane: "interactive", limit: 10, worker: "killed" });
  assert.equal(taken.length, 2);
  away = false;
  await minutes(16);
  assert.deepEqual(sent.map(({ to }) => to).sort(), ["ana@example.com", "luis@example.com"]);
  const reset = sent.find(({ to }) => to === "ana@example.com");
  const { status } = await h.request("POST", "/api/auth/reset-password", {
    body: { token: tokenOf(reset?.text ?? ""), password: NEXT },
  });
  assert.equal(status, 204);
});

Deno.test("a link that was over before it could be mailed is not mailed", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  await forgot(h, "ana@example.com");
  await deliver(h);
  h.clock.advance(3_600_000);
  await deliver(h);
  assert.equal(h.ports.mail.sent.length, 1);
});

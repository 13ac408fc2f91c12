import assert from "node:assert/strict";
import { hashSync } from "bcryptjs";
import { createIsolateFetch } from "../../lib/adapters/fetch/isolate.ts";
import { createPollingLiveBus } from "../../lib/adapters/live/polling.ts";
import { createConsoleLogger } from "../../lib/adapters/log/console.ts";
import { createAbsentMailer } from "../../lib/adapters/mail/absent.ts";
import { createIsolateHasher } from "../../lib/adapters/passwords/isolate.ts";
import { createPasswordHasher } from "../../lib/adapters/passwords/scrypt.ts";
import { defer, within } from "../../lib/adapters/environment/isolate.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";
import { RetryAfter } from "../../lib/kernel/retry.ts";

const code = (expected: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === expected;

/** Answers by host and path; what is not there is a network failure. */
function network(answers: Record<string, () => Response>) {
  const calls: { url: string; headers: Headers }[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const url = String(input);
    calls.push({ url, headers: new Headers(init?.headers) });
    const answer = answers[url];
    return answer === undefined ? Promise.reject(new TypeError("no route")) : Promise.resolve(answer());
  };
  return { calls, guarded: createIsolateFetch({ fetch }) };
}

Deno.test("the isolate's guarded fetch refuses what is not public before anything is called", async () => {
  const { calls, guarded } = network({});
  const closed = [
    "http://127.0.0.1/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://169.254.169.254/latest",
    "http://10.0.0.8/",
    "http://localhost:8000/",
    "http://printer.local/",
    "http://intranet/",
    "https://user:secret@example.com/",
    "ftp://example.com/",
  ];
  for (const url of closed) {
    await assert.rejects(guarded(url), code("validation_failed"), url);
    await assert.rejects(guarded.check(url), code("validation_failed"), url);
  }
  assert.deepEqual(calls, []);
  await guarded.check("https://example.com/hook");
});

Deno.test("the isolate's guarded fetch checks each redirect, carries no secret to another origin, and cuts what is too large", async () => {
  const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
  const { calls, guarded } = network({
    "https://a.example.com/": to("https://b.example.com/end"),
    "https://b.example.com/end": () => new Response("fine"),
    "https://a.example.com/in": to("http://169.254.169.254/latest"),
    "https://a.example.com/loop": to("https://a.example.com/loop"),
    "https://a.example.com/big": () => new Response(new Uint8Array(2048)),
  });
  const answer = await guarded("https://a.example.com/", {
    headers: { authorization: "Bearer x", "x-plain": "1" },
  });
  assert.equal(new TextDecoder().decode(answer.body), "fine");
  assert.deepEqual([calls[1]?.headers.get("authorization"), calls[1]?.headers.get("x-plain")], [null, "1"]);
  await assert.rejects(guarded("https://a.example.com/in"), code("validation_failed"));
  await assert.rejects(guarded("https://a.example.com/loop"), code("upstream_failed"));
  await assert.rejects(guarded("https://a.example.com/big", { maxBytes: 1024 }), code("payload_too_large"));
  const cut = await guarded("https://a.example.com/big", { maxBytes: 1024, cut: true });
  assert.deepEqual([cut.status, cut.body.byteLength], [200, 1024]);
  await assert.rejects(guarded("https://gone.example.com/"), code("upstream_failed"));
});

Deno.test("a password hashed on a machine is right in an isolate, and the other way round, bcrypt included", async () => {
  const [machine, isolate] = [createPasswordHasher({ logN: 4 }), createIsolateHasher({ logN: 4 })];
  assert.deepEqual(await isolate.verify("secret", await machine.hash("secret")), { ok: true, rehash: false });
  assert.deepEqual(await machine.verify("secret", await isolate.hash("secret")), { ok: true, rehash: false });
  const old = hashSync("secret", 4);
  assert.deepEqual(await isolate.verify("secret", old), { ok: true, rehash: true });
  assert.deepEqual(await isolate.verify("wrong", old), { ok: false, rehash: false });
  const dear = old.replace("$04$", "$14$");
  assert.deepEqual(await isolate.verify("secret", dear), { ok: false, rehash: false });
});

Deno.test("the polling bus tells its streams to look, until they leave, and counts them", async () => {
  const bus = createPollingLiveBus({ everyMs: 1 });
  const heard = Promise.withResolvers<unknown>();
  const leave = bus.subscribe("wsp_1", heard.resolve);
  assert.equal(bus.subscribers, 1);
  assert.equal(await heard.promise, null);
  leave();
  leave();
  assert.equal(bus.subscribers, 0);
});

Deno.test("console lines are whole JSON objects without secrets, from the level on", () => {
  const lines: string[] = [];
  const log = createConsoleLogger({ level: "info", service: "edge", write: (line) => lines.push(line) });
  log.log("debug", "not this");
  log.log("warn", "Something", { password: "hidden-one", count: 2 });
  const about = { request_id: "req_1", method: "GET", route: "/x", actor: "anonymous", workspace: null };
  log.request({ ...about, status: 500, ms: 1.234 });
  const [first, second, third] = lines.map((line) => JSON.parse(line));
  assert.deepEqual([first.level, first.service, first.count], ["warn", "edge", 2]);
  assert.doesNotMatch(lines.join(""), /hidden-one/);
  assert.deepEqual([second.level, second.status, third], ["error", 500, undefined]);
});

Deno.test("mail at the edge is put off, and work after an answer is handed to the request that began it", async () => {
  const mailer = createAbsentMailer();
  const mail = { to: "a@example.com", subject: "s", text: "t", id: "1" };
  await assert.rejects(
    mailer.send(mail),
    (error) => error instanceof RetryAfter && /not offered at the edge/.test(error.message),
  );
  const kept: Promise<unknown>[] = [];
  const lifetime = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
  await within(lifetime, async () => {
    await Promise.resolve();
    defer(Promise.reject(new Error("its own to report")));
  });
  assert.equal(kept.length, 1);
  await kept[0];
});

import assert from "node:assert/strict";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { WHATSAPP_FAILURES, type WhatsAppFailureClass } from "../../lib/ports/whatsapp-failures.ts";
import type { GraphCommand } from "../support/fakes/graph.ts";
import { type RawAnswer, serveRaw } from "../support/fakes/raw-server.ts";
import { freeAddress } from "../support/loopback.ts";
import { ANA, failureOf, wired } from "../support/whatsapp.ts";

const HELLO = { type: "text", text: "Hola" } as const;

const CODES: Readonly<Record<number, WhatsAppFailureClass>> = {
  1: "retry_later",
  2: "retry_later",
  131000: "retry_later",
  4: "rate_limited_number",
  80007: "rate_limited_number",
  130429: "rate_limited_number",
  131057: "rate_limited_number",
  131056: "rate_limited_pair",
  131049: "recipient_limited",
  131050: "recipient_opted_out",
  131026: "recipient_unreachable",
  131047: "window_closed",
  131008: "invalid_request",
  100: "invalid_request",
  131051: "invalid_request",
  132000: "template_problem",
  132001: "template_problem",
  132005: "template_problem",
  132007: "template_problem",
  132012: "template_problem",
  132015: "template_off",
  132016: "template_off",
  131052: "media_problem",
  131053: "media_problem",
  131048: "account_restricted",
  368: "account_restricted",
  131031: "account_restricted",
  131042: "account_restricted",
  133010: "account_restricted",
  190: "auth",
  0: "auth",
  3: "auth",
  10: "auth",
  200: "auth",
  299: "auth",
  33: "auth",
  133016: "auth",
  987654: "unknown_code",
};

Deno.test("every error code is told as its class, with Meta's code, details and trace", async () => {
  await using w = await wired();
  for (const [code, expected] of Object.entries(CODES)) {
    w.graph.next({ do: "error", code: Number(code), subcode: 42, details: "because" });
    const failure = await failureOf(w.send(HELLO));
    assert.equal(failure.class, expected, code);
    assert.deepEqual(
      [failure.graph_code, failure.subcode, failure.fbtrace_id, failure.details],
      [Number(code), 42, "AfAkE0tRaCe", "because"],
    );
    const { code: ours, retry } = WHATSAPP_FAILURES[expected];
    assert.equal(failure.error.code, ours);
    assert.equal(failure.error.retryable, ["backoff", "wait"].includes(retry), code);
  }
  assert.deepEqual(w.graph.ledger.received, []);
});

Deno.test("an unknown code of a 5xx is tried later, of a 4xx never", async () => {
  await using w = await wired();
  w.graph.next({ do: "error", code: 5555, status: 503 }, { do: "error", code: 5555, status: 400 });
  assert.equal((await failureOf(w.send(HELLO))).class, "retry_later");
  assert.equal((await failureOf(w.send(HELLO))).class, "unknown_code");
});

Deno.test("an error that comes with status 200 is an error", async () => {
  await using w = await wired();
  w.graph.next({ do: "error", code: 131026, status: 200 });
  assert.equal((await failureOf(w.send(HELLO))).class, "recipient_unreachable");
});

Deno.test("the wait that Meta names is kept: Retry-After, or the estimate of the usage header", async () => {
  await using w = await wired();
  const usage = JSON.stringify({ "1022": [{ type: "whatsapp", estimated_time_to_regain_access: 7 }] });
  w.graph.next(
    { do: "error", code: 130429, headers: { "retry-after": "12" } },
    { do: "error", code: 80007, headers: { "x-business-use-case-usage": usage } },
    { do: "error", code: 131056 },
  );
  assert.equal((await failureOf(w.send(HELLO))).error.retryAfterMs, 12_000);
  assert.equal((await failureOf(w.send(HELLO))).error.retryAfterMs, 7 * 60_000);
  assert.equal((await failureOf(w.send(HELLO))).error.retryAfterMs, 6000);
});

const LOST: readonly GraphCommand["do"][] = ["hang", "close", "cut", "html", "malformed", "no_id"];

for (const what of LOST) {
  for (const delivered of [false, true]) {
    Deno.test(`send says that the outcome is unknown: ${what}, ${delivered ? "and delivered" : "not delivered"}`, async () => {
      // Long enough that the call is there before it is given up.
      await using w = await wired(what === "hang" ? { timeoutMs: 2000 } : {});
      w.graph.next({ do: what, delivered } as GraphCommand);
      const failure = await failureOf(w.send(HELLO));
      assert.equal(failure.class, "outcome_unknown");
      assert.equal(failure.error.retryable, false);
      assert.equal(w.graph.sends.length, 1, "called once");
      assert.equal(w.graph.ledger.of(ANA).length, delivered ? 1 : 0);
    });
  }
}

Deno.test("send is made once also over a kept connection that breaks: the runtime must not repeat it", async () => {
  await using w = await wired();
  await w.send(HELLO);
  w.graph.next({ do: "close", delivered: true });
  assert.equal((await failureOf(w.send(HELLO))).class, "outcome_unknown");
  assert.equal(w.graph.sends.length, 2, "each once");
});

Deno.test("send that is aborted while Meta has it says that the outcome is unknown", async () => {
  await using w = await wired();
  w.graph.next({ do: "hang", delivered: true });
  const stop = new AbortController();
  const sending = w.port.send(
    w.graph.account,
    { to: { phone: ANA }, content: HELLO },
    { callbackData: "msg_1", signal: stop.signal },
  );
  const outcome = failureOf(sending);
  while (w.graph.sends.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort(new Error("shutting down"));
  assert.equal((await outcome).class, "outcome_unknown");
});

Deno.test("send that is aborted before it calls sends nothing and throws the signal's reason", async () => {
  await using w = await wired();
  const reason = new Error("shutting down");
  const signal = AbortSignal.abort(reason);
  const payload = { to: { phone: ANA }, content: HELLO };
  await assert.rejects(
    w.port.send(w.graph.account, payload, { callbackData: "msg_1", signal }),
    (error) => error === reason,
  );
  assert.deepEqual(w.graph.calls, []);
});

Deno.test("a Graph that can't be reached is tried later: nothing left us", async () => {
  const { host, port } = freeAddress();
  const account = { phoneNumberId: "1", businessAccountId: null, accessToken: "EAAtoken" };
  const payload = { to: { phone: ANA }, content: HELLO };
  const nowhere = [
    `http://${host}:${port}`,
    `https://${host}:${port}`,
    "http://127.0.0.1:9",
    "http://no.invalid",
  ];
  for (const baseUrl of nowhere) {
    const graph = createWhatsAppGraph({ baseUrl, version: "v25.0" }, { fetch });
    const failure = await failureOf(graph.send(account, payload, { callbackData: "msg_1" }));
    assert.equal(failure.class, "retry_later", baseUrl);
    assert.equal(failure.error.retryable, true);
  }
});

Deno.test("a refusal by a proxy in unreadable form is a refusal, not an unknown outcome", async () => {
  await using w = await wired();
  const expected = { 401: "auth", 403: "auth", 429: "rate_limited_number", 413: "invalid_request" } as const;
  for (const [status, kind] of Object.entries(expected)) {
    w.graph.next({ do: "html", status: Number(status) });
    assert.equal((await failureOf(w.send(HELLO))).class, kind, status);
  }
});

Deno.test("a read-only call that hangs or answers a page may simply be made again", async () => {
  const answers: RawAnswer[] = [
    "hang",
    "close",
    new Response("<html>", { status: 502 }),
    new Response("<html>"),
  ];
  const server = await serveRaw(() => Promise.resolve(answers.shift() ?? "close"));
  try {
    const baseUrl = `http://127.0.0.1:${server.port}`;
    const graph = createWhatsAppGraph({ baseUrl, version: "v25.0", timeoutMs: 2000 }, { fetch });
    const account = { phoneNumberId: "1", businessAccountId: null, accessToken: "EAAx" };
    for (let left = answers.length; left > 0; left--) {
      assert.equal((await failureOf(graph.numberInfo(account))).class, "retry_later");
    }
    assert.deepEqual(answers, []);
  } finally {
    await server.close();
  }
});

Deno.test("no error repeats the token, even when Meta quotes it", async () => {
  await using w = await wired();
  const wrong = { ...w.graph.account, accessToken: "EAAGstolenTokenStolenToken" };
  const failure = await failureOf(w.port.numberInfo(wrong));
  assert.equal(failure.class, "auth");
  const told = JSON.stringify([
    failure,
    failure.error.message,
    failure.error.stack,
    String(failure.error.cause),
  ]);
  assert.doesNotMatch(told, /stolenToken/);
  w.graph.next({ do: "error", code: 190, details: `token ${w.graph.account.accessToken} expired` });
  const quoted = await failureOf(w.send(HELLO));
  assert.doesNotMatch(JSON.stringify([quoted, quoted.error.message]), /EAAG/);
});

Deno.test("a redirect is refused: it would carry the token to another host", async () => {
  let followed = false;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    followed ||= new URL(request.url).pathname === "/elsewhere";
    return new Response(null, { status: 302, headers: { location: "/elsewhere" } });
  });
  try {
    const baseUrl = `http://127.0.0.1:${server.addr.port}`;
    const graph = createWhatsAppGraph({ baseUrl, version: "v25.0" }, { fetch });
    const account = { phoneNumberId: "1", businessAccountId: null, accessToken: "EAAx" };
    const payload = { to: { phone: ANA }, content: HELLO };
    await failureOf(graph.send(account, payload, { callbackData: "msg_1" }));
    assert.equal(followed, false);
  } finally {
    await server.shutdown();
  }
});

import assert from "node:assert/strict";
import { HOUR } from "../../lib/kernel/clock.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";
import type { LlmTarget } from "../../lib/ports/llm.ts";
import { type FakeLlm, type LlmCommand, startFakeLlm } from "../support/fakes/llm.ts";
import { freeAddress } from "../support/loopback.ts";
import { ASK, collect, targetOf } from "./llm-targets.ts";

/** Asserts that both ways of asking fail alike, and that no text of the error holds the key. */
async function assertFails(fake: FakeLlm, target: LlmTarget, { command, code, check = () => {} }: {
  command: LlmCommand;
  code: ErrorCode;
  check?: (error: AppError) => void;
}): Promise<void> {
  const { signal } = new AbortController();
  for (const way of ["chat", "stream"] as const) {
    fake.next(command);
    const ask = way === "chat"
      ? () => target.provider.chat(target.model, ASK, signal)
      : () => collect(target.provider.stream(target.model, ASK, signal));
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof AppError, `${way}: ${error}`);
      assert.equal(error.code, code, `${way}: ${error.message}`);
      assert.ok(!JSON.stringify([error.message, error.extra, String(error.cause)]).includes(fake.key));
      check(error);
      return true;
    });
  }
}

for (const name of ["openai", "anthropic"] as const) {
  const FAULTS: readonly {
    what: string;
    command: LlmCommand;
    code: ErrorCode;
    check?: (error: AppError) => void;
  }[] = [
    {
      what: "a 429 with seconds",
      command: { do: "status", status: 429, headers: { "retry-after": "7" } },
      code: "rate_limited",
      check: ({ retryAfterMs, retryable }) => assert.deepEqual([retryAfterMs, retryable], [7000, true]),
    },
    {
      what: "a 429 with milliseconds",
      command: { do: "status", status: 429, headers: { "retry-after-ms": "350", "retry-after": "1" } },
      code: "rate_limited",
      check: ({ retryAfterMs }) => assert.equal(retryAfterMs, 350),
    },
    {
      what: "a 429 with a date",
      command: {
        do: "status",
        status: 429,
        headers: { "retry-after": new Date(Date.now() + HOUR).toUTCString() },
      },
      code: "rate_limited",
      check: ({ retryAfterMs = 0 }) =>
        assert.ok(retryAfterMs > HOUR / 2 && retryAfterMs <= HOUR, String(retryAfterMs)),
    },
    {
      what: "a bare 429",
      command: { do: "status", status: 429 },
      code: "rate_limited",
      check: (e) => assert.equal(e.retryAfterMs, undefined),
    },
    {
      what: "spent credit",
      command: {
        do: "status",
        status: 429,
        code: "insufficient_quota",
        message: "You exceeded your current quota",
      },
      code: "rate_limited",
      check: ({ retryAfterMs = 0 }) => assert.ok(retryAfterMs >= 60_000),
    },
    { what: "a 500", command: { do: "status", status: 500 }, code: "upstream_failed" },
    {
      what: "a 503 with Retry-After",
      command: { do: "status", status: 503, headers: { "retry-after": "2" } },
      code: "upstream_failed",
      check: ({ retryAfterMs }) => assert.equal(retryAfterMs, 2000),
    },
    { what: "a 529", command: { do: "status", status: 529 }, code: "upstream_failed" },
    { what: "a 408", command: { do: "status", status: 408 }, code: "upstream_timeout" },
    {
      what: "a 400",
      command: { do: "status", status: 400, message: "No such parameter" },
      code: "upstream_rejected",
      check: (e) => assert.equal(e.retryable, false),
    },
    {
      what: "a text that is too long",
      command: {
        do: "status",
        status: 400,
        code: "context_length_exceeded",
        message: "maximum context length is 8192 tokens",
      },
      code: "upstream_rejected",
      check: ({ extra }) => assert.equal(extra.reason, "context_length"),
    },
    {
      what: "an unknown model",
      command: { do: "status", status: 404, message: "no such model" },
      code: "not_configured",
    },
    { what: "a key without rights", command: { do: "status", status: 403 }, code: "not_configured" },
    { what: "a web page with 200", command: { do: "html" }, code: "upstream_failed" },
    { what: "a web page with 502", command: { do: "html", status: 502 }, code: "upstream_failed" },
    { what: "malformed JSON", command: { do: "malformed" }, code: "upstream_failed" },
    { what: "a reset connection", command: { do: "reset" }, code: "upstream_failed" },
    { what: "an answer cut off", command: { do: "truncated" }, code: "upstream_failed" },
  ];
  for (const { what, ...fault } of FAULTS) {
    Deno.test(`the ${name} adapter takes ${what} as ${fault.code}`, async () => {
      await using fake = startFakeLlm();
      await assertFails(fake, targetOf(fake, name), fault);
      assert.equal(fake.requests.length, 2, "it retries nothing by itself");
    });
  }

  Deno.test(`the ${name} adapter takes an answer without a choice as upstream_failed`, async () => {
    await using fake = startFakeLlm();
    const { provider, model } = targetOf(fake, name);
    fake.next({ do: "empty_choices" });
    await assert.rejects(() => provider.chat(model, ASK, new AbortController().signal), {
      code: "upstream_failed",
    });
  });

  Deno.test(`the ${name} adapter tells an error inside a stream after the text before it`, async () => {
    await using fake = startFakeLlm();
    const { provider, model } = targetOf(fake, name);
    fake.next({ do: "stream_error" });
    let text = "";
    await assert.rejects(async () => {
      for await (const part of provider.stream(model, ASK, new AbortController().signal)) text += part.text;
    }, { code: "upstream_failed" });
    assert.equal(text.trim(), "Before the error");
  });

  Deno.test(`the ${name} adapter never repeats a refused key`, async () => {
    await using fake = startFakeLlm("sk-the-right-one");
    const wrong = { baseUrl: fake.baseUrl, key: "sk-a-wrong-and-secret-one" };
    const { provider, model } = targetOf(wrong, name);
    const { signal } = new AbortController();
    for (
      const ask of [
        () => provider.chat(model, ASK, signal),
        () => collect(provider.stream(model, ASK, signal)),
        () => provider.models(signal),
      ]
    ) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof AppError && error.code === "not_configured", String(error));
        assert.ok(!Deno.inspect(error, { depth: 20 }).includes(wrong.key));
        return true;
      });
    }
    assert.equal(fake.requests.length, 0);
  });

  Deno.test(`the ${name} adapter takes a closed port as upstream_failed`, async () => {
    const { host, port } = freeAddress();
    const target = targetOf({ baseUrl: `http://${host}:${port}/v1`, key: "k" }, name);
    const { signal } = new AbortController();
    await assert.rejects(() => target.provider.chat(target.model, ASK, signal), { code: "upstream_failed" });
    await assert.rejects(() => collect(target.provider.stream(target.model, ASK, signal)), {
      code: "upstream_failed",
    });
  });

  Deno.test(`the ${name} adapter gives up when it is told to, before and within an answer`, async () => {
    await using fake = startFakeLlm();
    const { provider, model } = targetOf(fake, name);
    for (const command of [{ do: "hang" }, { do: "stall" }] as const) {
      fake.next(command);
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), 150);
      await assert.rejects(() => collect(provider.stream(model, ASK, stop.signal)), {
        code: "upstream_timeout",
      });
      clearTimeout(timer);
    }
    fake.next({ do: "hang" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(() => provider.chat(model, ASK, stop.signal), { code: "upstream_timeout" });
  });

  Deno.test(`the ${name} adapter says how an answer ended`, async () => {
    await using fake = startFakeLlm();
    const { provider, model } = targetOf(fake, name);
    const reasons = name === "openai"
      ? { length: "length", content_filter: "filter", odd: "other" }
      : { max_tokens: "length", refusal: "filter", odd: "other" };
    for (const [reason, finish] of Object.entries(reasons)) {
      fake.next({ do: "finish", reason, text: "Some text" }, { do: "finish", reason, text: "Some text" });
      assert.equal((await provider.chat(model, ASK, new AbortController().signal)).finish, finish);
      assert.equal(
        (await collect(provider.stream(model, ASK, new AbortController().signal))).last?.finish,
        finish,
      );
    }
  });
}

Deno.test("a redirect is not followed, because it could carry the key away", async () => {
  await using fake = startFakeLlm();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    return Response.redirect(fake.baseUrl.replace("/v1", new URL(request.url).pathname), 307);
  });
  for (const name of ["openai", "anthropic"] as const) {
    const target = targetOf({ baseUrl: `http://127.0.0.1:${server.addr.port}/v1`, key: fake.key }, name);
    await assert.rejects(() => target.provider.chat(target.model, ASK, new AbortController().signal), {
      code: "upstream_failed",
    });
  }
  assert.equal(fake.requests.length, 0);
  await server.shutdown();
});

import assert from "node:assert/strict";
import { createLlmTargets, LLM_PROVIDERS } from "../../lib/adapters/llm/mod.ts";
import { LLM_PROVIDER_NAMES } from "../../lib/config-schema.ts";
import { startFakeLlm } from "../support/fakes/llm.ts";
import { ASK, collect, targetOf } from "./llm-targets.ts";

Deno.test("every provider of the settings has a row, and all but the nameless one an address", () => {
  assert.deepEqual(Object.keys(LLM_PROVIDERS).sort(), [...LLM_PROVIDER_NAMES].sort());
  for (const [name, { baseUrl }] of Object.entries(LLM_PROVIDERS)) {
    assert.equal(baseUrl === null, name === "compatible");
  }
});

Deno.test("createLlmTargets keeps the order, takes each pair once and leaves out what has no settings", () => {
  const targets = createLlmTargets({
    providers: [
      { name: "openai", apiKey: "k", baseUrl: null },
      { name: "gemini", apiKey: "k", baseUrl: null },
      { name: "xai", apiKey: "k", baseUrl: null, requestsPerMinute: 3 },
    ],
    chain: [
      { provider: "gemini", model: "a" },
      { provider: "openai", model: "b" },
      { provider: "gemini", model: "a" },
      { provider: "openai", model: "c" },
      { provider: "ark", model: "d" },
      { provider: "xai", model: "e" },
    ],
  });
  assert.deepEqual(
    targets.map(({ provider, model, requestsPerMinute }) => [provider.name, model, requestsPerMinute]),
    [["gemini", "a", 15], ["openai", "b", null], ["openai", "c", null], ["xai", "e", 3]],
  );
});

for (const name of LLM_PROVIDER_NAMES) {
  Deno.test(`the ${name} provider answers, streams and lists its models as the vendor would demand`, async () => {
    await using fake = startFakeLlm();
    const { provider, model } = targetOf(fake, name);
    const { signal } = new AbortController();
    fake.always({ do: "ok", text: "Good morning, ñandú 🦙." });
    const request = { ...ASK, maxTokens: 50, temperature: 0 };
    const result = await provider.chat(model, request, signal);
    assert.deepEqual(result, {
      text: "Good morning, ñandú 🦙.",
      usage: { input: 11, output: 7 },
      finish: "stop",
    });
    const { text, last, pieces } = await collect(provider.stream(model, request, signal));
    assert.equal(text, "Good morning, ñandú 🦙.");
    assert.ok(pieces > 3, "it comes in pieces");
    assert.equal(last?.finish, "stop");
    assert.deepEqual(last?.usage, LLM_PROVIDERS[name].streamUsage ? { input: 11, output: 7 } : undefined);
    assert.deepEqual(await provider.models(signal), ["model-a", "model-b"]);
    assert.equal(fake.requests.length, 2);
    assert.equal(fake.requests[0]?.model, "model-a");
  });
}

Deno.test("the openai adapter sends newer models neither temperature nor the old name of the limit, and asks for JSON", async () => {
  await using fake = startFakeLlm();
  const { provider, model } = targetOf(fake, "openai", "gpt-5-nano");
  const messages = [{ role: "user", content: "Answer in JSON" }] as const;
  await provider.chat(
    model,
    { messages, maxTokens: 9, temperature: 0, json: true },
    new AbortController().signal,
  );
  assert.deepEqual(fake.requests[0]?.body, {
    model: "gpt-5-nano",
    messages,
    max_completion_tokens: 9,
    response_format: { type: "json_object" },
    stream: false,
  });
});

Deno.test("the anthropic adapter makes any list of messages one that the vendor takes", async () => {
  await using fake = startFakeLlm();
  const { provider, model } = targetOf(fake, "anthropic");
  const messages = [
    { role: "system", content: "One." },
    { role: "assistant", content: "Welcome!" },
    { role: "user", content: "Hi" },
    { role: "user", content: "Are you there?" },
    { role: "system", content: "Two." },
    { role: "user", content: "  " },
    { role: "assistant", content: "Yes" },
  ] as const;
  await provider.chat(model, { messages }, new AbortController().signal);
  const [sent] = fake.requests;
  assert.equal(sent?.system, "One.\n\nTwo.");
  assert.deepEqual(sent?.messages.map(({ role }) => role), [
    "user",
    "assistant",
    "user",
    "assistant",
    "user",
  ]);
  assert.equal(sent?.messages[2]?.content, "Hi\n\nAre you there?");
  assert.equal(sent?.body.max_tokens, 1024);
});

Deno.test("what a local model thinks before its answer is left out, whole and in pieces; a tag within the answer stays", async () => {
  await using fake = startFakeLlm();
  const { provider, model } = targetOf(fake, "ollama");
  const { signal } = new AbortController();
  for (
    const [said, visible] of [
      ["<think>They ask for the hours.\n I know them.</think>\n\nAt nine.", "At nine."],
      ["  <think></think>At nine.", "At nine."],
      ["<b>At</b> nine, I <think> so.", "<b>At</b> nine, I <think> so."],
      ["<think>never comes to an end", ""],
      ["< 3", "< 3"],
    ] as const
  ) {
    fake.always({ do: "ok", text: said });
    assert.equal((await provider.chat(model, ASK, signal)).text, visible);
    assert.equal((await collect(provider.stream(model, ASK, signal))).text, visible);
  }
});

import assert from "node:assert/strict";
import { complete } from "../../lib/ai/mod.ts";
import { startFakeLlm } from "../support/fakes/llm.ts";
import { harness } from "../support/harness.ts";
import { gatesOf } from "../support/llm.ts";

interface Service {
  readonly name: string;
  readonly state: string;
  readonly detail?: string;
}

Deno.test("health says how the language models do: not configured, up, degraded and down", async () => {
  await using first = startFakeLlm();
  await using second = startFakeLlm();
  await using none = await harness();
  const modelsOf = async (h: typeof none, token: string): Promise<Service | undefined> => {
    const { body } = await h.request("GET", "/api/health", { token });
    return body.services.find(({ name }: Service) => name === "language_models");
  };
  const someone = await none.person();
  assert.equal((await modelsOf(none, someone.token))?.state, "not_configured");

  const llm = gatesOf([{ name: "openai", fake: first }, { name: "xai", fake: second }]);
  await using h = await harness({ ports: { llm } });
  const { ctx, token } = await h.person();
  const admin = await h.person({ platformAdmin: true });
  const ask = () => complete(ctx, { purpose: "answer", messages: [{ role: "user", content: "hola" }] });
  assert.equal((await modelsOf(h, token))?.state, "up");
  first.always({ do: "status", status: 401, message: "bad key" });
  await ask();
  assert.equal((await modelsOf(h, token))?.state, "degraded");
  second.always({ do: "status", status: 401, message: "bad key" });
  await assert.rejects(ask());
  const down = await modelsOf(h, token);
  assert.equal(down?.state, "down");
  assert.equal(down?.detail, undefined, "an owner of a workspace is told no detail");
  assert.match(
    (await modelsOf(h, admin.token))?.detail ?? "",
    /openai:model-a open, not_configured at .*xai:/,
  );
});

import assert from "node:assert/strict";
import { watsonExamples } from "../../db/schema/watson.ts";
import { defaultWorkspaceId } from "../../lib/identity/mod.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { openEdgeWorld } from "../support/edge.ts";

const KEY = "watson-key-of-the-edge";
const headers = { "x-api-key": KEY };
const PATH = "/api/v1/watson/webhook";

Deno.test("in workerd Watson answers also after the request that began to train its classifier was broken off", async () => {
  await using edge = await openEdgeWorld({ env: { WATSON_API_KEY: KEY } });
  const first = await edge.request("POST", PATH, { headers, body: { text: "hola" } });
  assert.deepEqual([first.status, first.body.intent], [200, "greeting"], JSON.stringify(first.body));
  await teachMuch(edge.h);
  // Half a second of training: both of these leave well before its end, for it may go on without them.
  for (const after of [50, 100]) {
    const broken = fetch(`${edge.isolate.url}${PATH}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ text: "La impresora no funciona" }),
      signal: AbortSignal.timeout(after),
    });
    await assert.rejects(broken, { name: "TimeoutError" });
  }
  const late = AbortSignal.timeout(25_000);
  const answers = await Promise.all(["uno", "dos", "tres"].map(async (session_id) => {
    const answer = await fetch(`${edge.isolate.url}${PATH}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ session_id, text: "Abre un ticket: gotea el techo del almacén" }),
      signal: late,
    });
    return [answer.status, (await answer.json()).outcome];
  }));
  assert.deepEqual(
    answers,
    [[200, "done"], [200, "done"], [200, "done"]],
    edge.isolate.log.slice(-5).join("\n"),
  );
});

/** As many examples as a workspace may have, all of them long. */
async function teachMuch({ system }: Awaited<ReturnType<typeof openEdgeWorld>>["h"]): Promise<void> {
  const workspaceId = await defaultWorkspaceId(system) ?? "";
  const rows = Array.from({ length: 1000 }, (_, n) => ({
    id: newId("watsonExample"),
    workspaceId,
    intent: n % 2 === 0 ? "create_ticket" : "none",
    text: Array.from({ length: 50 }, (_, k) => `palabra${(n * 7 + k * (n % 13 + 1)) % 300}`).join(" ") +
      ` ${n}`,
    createdAt: Date.now(),
  }));
  await system.transact(async (tx) => {
    for (let at = 0; at < rows.length; at += 100) {
      await tx.db.insert(watsonExamples).values(rows.slice(at, at + 100));
    }
  });
}

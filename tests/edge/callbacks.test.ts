import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { ADMIN_PASSWORD, type EdgeWorld, openEdgeWorld } from "../support/edge.ts";
import { startFakeGraph } from "../support/fakes/graph.ts";

async function login({ request }: EdgeWorld): Promise<string> {
  const credentials = { username: "admin", password: ADMIN_PASSWORD };
  const answer = await request("POST", "/api/auth/login", { body: credentials });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.access_token;
}

Deno.test("in workerd a question over the API channel is answered once by QStash's callbacks, each delivered twice", async () => {
  await using edge = await openEdgeWorld({ callbacks: true });
  assert.ok(edge.qstash);
  edge.qstash.faults.copies = 2;
  const token = await login(edge);
  const asked = await edge.request("POST", "/api/conversations", {
    token,
    body: { contact: { external_id: "c-1" }, text: "¿Cuál es su horario?", external_message_id: "m-1" },
  });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const path = `/api/conversations/${asked.body.conversation_id}/messages`;
  const { qstash } = edge;
  await eventually("an answer", async () => {
    const { body } = await edge.request("GET", path, { token });
    return body.data.length > 1 ? body.data : null;
  });
  await eventually("both deliveries", () => qstash.deliveries.length >= 2 ? true : null);
  const { body } = await edge.request("GET", path, { token });
  assert.deepEqual(body.data.map((row: { direction: string }) => row.direction), ["in", "out"]);
  assert.ok(qstash.deliveries.every(({ status }) => status === 200 || status === 503));
});

Deno.test("in workerd a signed WhatsApp webhook is answered over the Graph API, and a forged one is refused", async () => {
  await using graph = await startFakeGraph();
  await using edge = await openEdgeWorld({ callbacks: true, env: { ...graph.env } });
  const hook = `${edge.publicUrl}/api/whatsapp/webhook`;
  graph.webhooks.to(hook);
  const forged = await graph.webhooks.post(
    new TextEncoder().encode('{"object":"whatsapp_business_account"}'),
    {
      "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
    },
  );
  assert.equal(forged, 401);
  graph.customer({ phone: "5215512345678", name: "Ana" }).says("¿Cuál es su horario?");
  assert.equal(await graph.webhooks.flush(), 1);
  const sent = await eventually("a send", () => graph.sends.find(({ type }) => type === "text") ?? null);
  assert.match(JSON.stringify(sent), /5215512345678/);
});

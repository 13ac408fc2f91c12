import assert from "node:assert/strict";
import { createGraphFetch } from "../../lib/adapters/whatsapp/deno-fetch.ts";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { startFakeGraph } from "../support/fakes/graph.ts";
import { ANA } from "../support/whatsapp.ts";

Deno.test("the Graph is called over kept connections that we let go first", async () => {
  await using graph = await startFakeGraph();
  graph.customer({ phone: ANA }).says("Hola");
  const kept = createGraphFetch({ idleMs: 50 });
  const port = createWhatsAppGraph({ baseUrl: graph.baseUrl, version: "v25.0" }, kept);
  const send = () =>
    port.send(graph.account, { to: { phone: ANA }, content: { type: "text", text: "Hola" } }, {
      callbackData: "msg_1",
    });
  await send();
  await send();
  assert.equal(graph.connections(), 1, "kept between two sends");
  while (graph.connections() === 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await send();
  }
  assert.ok(graph.connections() > 1, "let go after a silence");
  kept.close();
});

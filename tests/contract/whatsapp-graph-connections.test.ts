import assert from "node:assert/strict";
import { createGraphFetch } from "../../lib/adapters/whatsapp/deno-fetch.ts";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { HOUR } from "../../lib/kernel/clock.ts";
import { startFakeGraph } from "../support/fakes/graph.ts";
import { ANA } from "../support/whatsapp.ts";

Deno.test("the Graph is called over kept connections that we let go first", async () => {
  await using graph = await startFakeGraph();
  graph.customer({ phone: ANA }).says("Hola");
  const keeping = (idleMs: number) => {
    const kept = createGraphFetch({ idleMs });
    const port = createWhatsAppGraph({ baseUrl: graph.baseUrl, version: "v25.0" }, kept);
    const content = { type: "text", text: "Hola" } as const;
    return {
      close: () => kept.close(),
      send: () => port.send(graph.account, { to: { phone: ANA }, content }, { callbackData: "msg_1" }),
    };
  };
  const long = keeping(HOUR);
  await long.send();
  await long.send();
  assert.equal(graph.connections(), 1, "kept between two sends");
  const short = keeping(50);
  while (graph.connections() <= 2) {
    await short.send();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(graph.connections() > 2, "let go after a silence");
  long.close();
  short.close();
});

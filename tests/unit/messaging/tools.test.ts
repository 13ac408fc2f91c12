import assert from "node:assert/strict";
import { z } from "zod";
import type { Ctx } from "../../../lib/context.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { messagingTools } from "../../../lib/messaging/mod.ts";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { ANA, openLine, talkWithAna } from "./line.ts";

/** Calls a tool and holds its answer against the output that it declares. */
async function call(ctx: Ctx, name: string, input: unknown = {}): Promise<unknown> {
  const tool = messagingTools.find((one) => one.name === name);
  assert.ok(tool, name);
  const answer = await tool.call(ctx, input);
  assert.deepEqual(tool.output.parse(answer), answer);
  return answer;
}

const list = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

Deno.test("the tools show the queue, why a message is held, and send it again or not", async () => {
  await using line = await openLine();
  line.graph.forRecipient(ANA.phone, { do: "error", code: 131026 });
  await talkWithAna(line);
  const { data } = list.parse(await call(line.ctx, "queue.list", { state: ["failed"] }));
  const [failed] = data;
  assert.ok(failed !== undefined);
  assert.match(JSON.stringify(await call(line.ctx, "queue.show", { id: failed.id })), /131026/);
  assert.match(JSON.stringify(await call(line.ctx, "queue.stats")), /"failed":1/);
  await call(line.ctx, "queue.retry", { id: failed.id });
  await line.settle();
  assert.equal(line.graph.ledger.of(ANA.phone).length, 1);
  await assert.rejects(
    call(line.ctx, "queue.cancel", { id: failed.id }),
    (error) => error instanceof AppError && error.code === "conflict",
  );
});

Deno.test("the tools keep templates, and tell how the numbers do", async () => {
  await using line = await openLine();
  const components = [{ type: "BODY", text: "Hola {{1}}" }];
  const draft = { name: "recall", language: "es", category: "UTILITY", components };
  const made = z.looseObject({ id: z.string() }).parse(await call(line.ctx, "templates.create", draft));
  assert.deepEqual(await call(line.ctx, "templates.sync"), { found: 1, removed: 0 });
  assert.match(JSON.stringify(await call(line.ctx, "templates.list", { status: "pending" })), /recall/);
  for (const template of line.graph.world.templates.values()) template.status = "APPROVED";
  await call(line.ctx, "templates.edit", { id: made.id, components });
  assert.deepEqual(await call(line.ctx, "templates.delete", { id: made.id }), { deleted: made.id });
  assert.match(JSON.stringify(await call(line.ctx, "whatsapp.status")), /"state":"connected"/);
  assert.match(JSON.stringify(await call(line.ctx, "whatsapp.examine")), /"check":"token","state":"ok"/);
});

Deno.test("the tools of messaging are in the registry, each name once", () => {
  const names = TOOLS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name } of messagingTools) assert.ok(names.includes(name), name);
});

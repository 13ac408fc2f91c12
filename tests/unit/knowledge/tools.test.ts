import assert from "node:assert/strict";
import { z } from "zod";
import { AppError } from "../../../lib/kernel/errors.ts";
import { knowledgeTools, recordUnanswered } from "../../../lib/knowledge/mod.ts";
import { openKnowledge, reader } from "./support.ts";

function tool(name: string) {
  const found = knowledgeTools.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

Deno.test("the knowledge tools say their scope, and only removing is destructive", () => {
  const told = knowledgeTools.map(({ name, scope, destructive }) => [name, scope, destructive]);
  assert.deepEqual(told, [
    ["knowledge.list", "knowledge:read", false],
    ["knowledge.ask", "knowledge:read", false],
    ["knowledge.add", "knowledge:write", false],
    ["knowledge.import", "knowledge:write", false],
    ["knowledge.remove", "knowledge:write", true],
    ["knowledge.unanswered", "knowledge:read", false],
    ["knowledge.answer", "knowledge:write", false],
    ["knowledge.reindex", "knowledge:write", false],
  ]);
});

Deno.test("each knowledge tool does its work and answers in the form that it declares", async () => {
  await using bench = await openKnowledge();
  const call = async (name: string, input: unknown) => {
    const { output, ...rest } = tool(name);
    return output.parse(JSON.parse(JSON.stringify(await rest.call(bench.ctx, input)))) as Record<
      string,
      unknown
    >;
  };
  const added = await call("knowledge.add", { title: "¿Dan garantía?", body: "90 días." });
  assert.deepEqual(await call("knowledge.import", { kind: "csv", text: "pregunta,respuesta\n¿Abren?,Sí" }), {
    created: 1,
    skipped: 0,
  });
  assert.equal(z.array(z.unknown()).parse((await call("knowledge.list", { limit: 1 })).data).length, 1);
  assert.equal((await call("knowledge.ask", { question: "garantía" })).answered, true);
  await bench.ctx.transact((tx) => recordUnanswered(tx, { question: "¿Venden hielo?" }));
  const [open] = z.array(z.object({ id: z.string() })).parse((await call("knowledge.unanswered", {})).data);
  assert.equal((await call("knowledge.answer", { id: open?.id, answer: "No." })).title, "¿Venden hielo?");
  assert.deepEqual(await call("knowledge.reindex", {}), { entries: 3 });
  assert.deepEqual(await call("knowledge.remove", { id: added.id }), { removed: added.id });
});

Deno.test("a knowledge tool refuses an actor without its scope", async () => {
  await using bench = await openKnowledge();
  const pending = tool("knowledge.add").call(bench.as(reader("knowledge:read")), { title: "a", body: "b" });
  await assert.rejects(pending, (error) => error instanceof AppError && error.code === "forbidden");
});

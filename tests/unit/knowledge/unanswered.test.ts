import assert from "node:assert/strict";
import type { Ctx } from "../../../lib/context.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import {
  answerUnanswered,
  askKnowledge,
  dismissUnanswered,
  forgetQuestions,
  listUnanswered,
  recordUnanswered,
} from "../../../lib/knowledge/mod.ts";
import { openKnowledge } from "./support.ts";

const code = (wanted: string) => (error: unknown) => error instanceof AppError && error.code === wanted;
const note = (ctx: Ctx, question: string, conversationId: string | null = null) =>
  ctx.transact((tx) => recordUnanswered(tx, { question, conversationId }));

Deno.test("recordUnanswered counts a question asked again in other words of the same stems", async () => {
  await using bench = await openKnowledge();
  await note(bench.ctx, "¿Rentan lavadoras?", "cnv_1");
  bench.clock.advance(60_000);
  await note(bench.ctx, "rentan lavadora", "cnv_2");
  await note(bench.ctx, "¿Venden hielo?");
  const { data } = await listUnanswered(bench.ctx, { limit: 10 });
  assert.deepEqual(data.map(({ question, times }) => [question, times]).toSorted(), [[
    "¿Rentan lavadoras?",
    2,
  ], ["¿Venden hielo?", 1]]);
});

Deno.test("recordUnanswered asked in parallel a hundred times makes one row", async () => {
  await using bench = await openKnowledge();
  await Promise.all(Array.from({ length: 100 }, () => note(bench.ctx, "¿Venden hielo?")));
  const { data } = await listUnanswered(bench.ctx, { limit: 10 });
  assert.deepEqual(data.map(({ times }) => times), [100]);
});

Deno.test("recordUnanswered leaves out what holds no word", async () => {
  await using bench = await openKnowledge();
  assert.equal(await note(bench.ctx, "👍 \u0000"), null);
});

Deno.test("answerUnanswered makes the entry and closes the question in one step", async () => {
  await using bench = await openKnowledge();
  const noted = await note(bench.ctx, "¿Rentan lavadoras?");
  assert.ok(noted);
  const entry = await answerUnanswered(bench.ctx, { id: noted.id, answer: "Sí, a $900 al mes." });
  assert.equal(entry.title, "¿Rentan lavadoras?");
  assert.equal((await askKnowledge(bench.ctx, { question: "rentan lavadoras" })).answered, true);
  assert.equal((await listUnanswered(bench.ctx, { limit: 10 })).data.length, 0);
  assert.equal(
    (await listUnanswered(bench.ctx, { limit: 10, state: "answered" })).data[0]?.entryId,
    entry.id,
  );
  await assert.rejects(answerUnanswered(bench.ctx, { id: noted.id, answer: "otra" }), code("conflict"));
});

Deno.test("answerUnanswered sent twice at once makes one entry", async () => {
  await using bench = await openKnowledge();
  const noted = await note(bench.ctx, "¿Rentan lavadoras?");
  assert.ok(noted);
  const both = await Promise.allSettled(
    [1, 2].map((n) => answerUnanswered(bench.ctx, { id: noted.id, answer: `Sí ${n}` })),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

Deno.test("dismissUnanswered takes a question off the list even when it is asked again", async () => {
  await using bench = await openKnowledge();
  const noted = await note(bench.ctx, "¿Venden hielo?");
  assert.ok(noted);
  await dismissUnanswered(bench.ctx, noted.id);
  await note(bench.ctx, "¿Venden hielo?");
  assert.equal((await listUnanswered(bench.ctx, { limit: 10 })).data.length, 0);
  assert.equal((await listUnanswered(bench.ctx, { limit: 10, state: "dismissed" })).data[0]?.times, 2);
});

Deno.test("listUnanswered pages by the last time asked", async () => {
  await using bench = await openKnowledge();
  for (const word of ["hielo", "carbon", "leña", "agua", "gas"]) {
    await note(bench.ctx, `venden ${word}`);
    bench.clock.advance(1000);
  }
  await note(bench.ctx, "venden hielo");
  const first = await listUnanswered(bench.ctx, { limit: 3 });
  const second = await listUnanswered(bench.ctx, { limit: 3, cursor: first.next_cursor ?? "" });
  assert.deepEqual([...first.data, ...second.data].map(({ question }) => question.split(" ")[1]), [
    "hielo",
    "gas",
    "agua",
    "leña",
    "carbon",
  ]);
});

Deno.test("another workspace neither sees nor answers a question", async () => {
  await using bench = await openKnowledge();
  const noted = await note(bench.ctx, "¿Venden hielo?");
  assert.ok(noted);
  const other = bench.as(systemActor("other"), "wsp_other");
  assert.equal((await listUnanswered(other, { limit: 10 })).data.length, 0);
  await assert.rejects(answerUnanswered(other, { id: noted.id, answer: "x" }), code("not_found"));
  await assert.rejects(dismissUnanswered(other, noted.id), code("not_found"));
});

Deno.test("forgetQuestions deletes what was asked in erased conversations and keeps the entry made of it", async () => {
  await using bench = await openKnowledge();
  await note(bench.ctx, "¿Venden hielo?", "cnv_1");
  const answered = await note(bench.ctx, "¿Rentan lavadoras?", "cnv_1");
  assert.ok(answered);
  await answerUnanswered(bench.ctx, { id: answered.id, answer: "Sí." });
  assert.equal(await bench.ctx.transact((tx) => forgetQuestions(tx, ["cnv_1"])), 2);
  for (const state of ["open", "answered"] as const) {
    assert.deepEqual((await listUnanswered(bench.ctx, { limit: 10, state })).data, []);
  }
  assert.equal((await askKnowledge(bench.ctx, { question: "rentan lavadoras" })).answered, true);
});

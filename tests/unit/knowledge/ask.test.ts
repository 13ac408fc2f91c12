import assert from "node:assert/strict";
import { AppError } from "../../../lib/kernel/errors.ts";
import {
  askKnowledge,
  createEntry,
  importKnowledge,
  removeSample,
  searchKnowledge,
  seedSample,
} from "../../../lib/knowledge/mod.ts";
import { openKnowledge, openRemoteKnowledge, reader } from "./support.ts";

Deno.test("askKnowledge says that it doesn't know and offers a person, in the customer's language", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  const spanish = await askKnowledge(bench.ctx, { question: "¿venden celulares?" });
  assert.deepEqual([spanish.answered, spanish.reason, spanish.locale, spanish.sources.length], [
    false,
    "nothing_found",
    "es",
    0,
  ]);
  assert.match(spanish.answer, /No tengo esa información.*«persona»/);
  const english = await askKnowledge(bench.ctx, { question: "how much is a flight to Paris?" });
  assert.deepEqual([english.answered, english.reason, english.locale], [false, "not_sure", "en"]);
  assert.match(english.answer, /I don't have that information.*“person”/);
});

Deno.test("askKnowledge tells a greeting from a question", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  assert.equal(
    (await askKnowledge(bench.ctx, { question: "hola, buenas tardes 👋" })).reason,
    "nothing_asked",
  );
});

Deno.test("askKnowledge answers in the asked language where both are there, and says so where only the other is", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  assert.equal((await askKnowledge(bench.ctx, { question: "opening hours" })).candidates[0]?.locale, "en");
  assert.equal((await askKnowledge(bench.ctx, { question: "horario" })).candidates[0]?.locale, "es");
  for (
    const question of ["how much does a visit cost", "diagnostic visit price", "do you charge for a visit?"]
  ) {
    const { candidates } = await askKnowledge(bench.ctx, { question });
    assert.equal(candidates[0]?.title, "How much is a diagnostic visit?", question);
  }
  const { answer } = await askKnowledge(bench.ctx, { question: "can I get an invoice?" });
  assert.match(answer, /^I only have this in Spanish:\n\nSí, facturamos/);
});

Deno.test("askKnowledge reads misspelt words as those of the knowledge and says which", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  const { answered, terms } = await askKnowledge(bench.ctx, { question: "horairo" });
  assert.ok(answered);
  assert.deepEqual(terms, [{ word: "horairo", read_as: "horario" }]);
});

Deno.test("askKnowledge finds the question in a long story", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  const question =
    "Buenas, les escribo porque mi suegra se mudó a la casa nueva la semana pasada. El perro mordió el control. ¿Cuánto cuesta el mantenimiento de un minisplit?";
  const { candidates, answered } = await askKnowledge(bench.ctx, { question });
  assert.ok(answered);
  assert.equal(candidates[0]?.title, "¿Cuánto cuesta el mantenimiento de un minisplit?");
});

Deno.test("askKnowledge never says a word that is not in an entry or in its own texts", async () => {
  await using bench = await openKnowledge();
  const { title, body } = await createEntry(bench.ctx, { title: "¿Dan garantía?", body: "Noventa días." });
  assert.equal(
    (await askKnowledge(bench.ctx, { question: "garantía" })).answer,
    `${body}\n\nFuente: ${title}`,
  );
});

Deno.test("searchKnowledge says which words of the question each hit speaks to", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  const { hits } = await searchKnowledge(bench.ctx, { question: "garantía del refrigerador", limit: 3 });
  assert.ok(hits.length > 0 && hits.length <= 3);
  assert.deepEqual(new Set(hits.flatMap(({ matched }) => matched)), new Set(["garantia", "refrigerador"]));
  assert.deepEqual(hits.map(({ score }) => score), hits.map(({ score }) => score).toSorted((a, b) => b - a));
});

Deno.test("searchKnowledge finds the one right entry among thousands that share its common words", async () => {
  await using bench = await openKnowledge();
  const pairs = Array.from(
    { length: 1500 },
    (_, i) => ({
      title: `¿Qué precio tiene el modelo ${1000 + i}?`,
      body: `El precio del modelo ${1000 + i} es de $${i + 5}, con factura y garantía.`,
    }),
  );
  await createEntry(bench.ctx, { title: "¿Dan factura?", body: "Sí, en 24 horas." });
  await importKnowledge(bench.ctx, { kind: "pairs", pairs });
  const top = async (question: string) => (await searchKnowledge(bench.ctx, { question })).hits[0]?.title;
  assert.equal(await top("precio modelo 1007"), "¿Qué precio tiene el modelo 1007?");
  assert.equal(await top("dan factura?"), "¿Dan factura?");
});

Deno.test("searchKnowledge refuses an actor without knowledge:read", async () => {
  await using bench = await openKnowledge();
  await assert.rejects(
    searchKnowledge(bench.as(reader("contacts:read")), { question: "x" }),
    (error) => error instanceof AppError && error.code === "forbidden",
  );
});

Deno.test("knowledge is written, found and removed through a remote database as on a file", async () => {
  await using bench = await openRemoteKnowledge();
  assert.equal(await seedSample(bench.ctx), 20);
  const { answered, candidates, terms } = await askKnowledge(bench.ctx, {
    question: "a que hora abren los savados",
  });
  assert.deepEqual([answered, candidates[0]?.title], [true, "¿Cuál es su horario?"]);
  assert.equal(terms.at(-1)?.read_as, "sabados");
  await bench.ctx.transact((tx) => removeSample(tx));
  assert.equal((await askKnowledge(bench.ctx, { question: "horario" })).reason, "nothing_found");
});

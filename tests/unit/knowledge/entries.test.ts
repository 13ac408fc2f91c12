import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import type { Ctx } from "../../../lib/context.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import {
  askKnowledge,
  createEntry,
  deleteEntry,
  getEntry,
  importKnowledge,
  listEntries,
  reindexKnowledge,
  removeSample,
  searchKnowledge,
  seedSample,
  updateEntry,
} from "../../../lib/knowledge/mod.ts";
import { makePdf } from "./pdf-file.ts";
import { openKnowledge, reader } from "./support.ts";

const code = (wanted: string) => (error: unknown) => error instanceof AppError && error.code === wanted;

async function count(ctx: Ctx, table: string): Promise<number> {
  const [row] = await ctx.db.all<{ n: number }>(sql`select count(*) as n from ${sql.identifier(table)}`);
  return row?.n ?? -1;
}

Deno.test("createEntry makes the entry answerable at once and writes its event and audit entry with it", async () => {
  await using bench = await openKnowledge();
  const row = await createEntry(bench.ctx, { title: "¿Rentan equipos?", body: "Sí, desde $900 al mes." });
  assert.equal(row.locale, "es");
  const { answered, answer, sources } = await askKnowledge(bench.ctx, { question: "rentan equipo?" });
  assert.ok(answered);
  assert.equal(answer, "Sí, desde $900 al mes.\n\nFuente: ¿Rentan equipos?");
  assert.deepEqual(sources.map(({ entry_id, quote }) => [entry_id, quote]), [[
    row.id,
    "Sí, desde $900 al mes.",
  ]]);
  assert.equal(await count(bench.ctx, "events"), 1);
  assert.equal(await count(bench.ctx, "audit_log"), 1);
});

Deno.test("createEntry refuses a key that only reads before it touches the database", async () => {
  await using bench = await openKnowledge();
  await assert.rejects(
    createEntry(bench.as(reader("knowledge:read")), { title: "a", body: "b" }),
    code("forbidden"),
  );
  assert.equal(await count(bench.ctx, "knowledge_entries"), 0);
});

Deno.test("createEntry refuses an answer of more than ten thousand characters and an empty title, naming the paths", async () => {
  await using bench = await openKnowledge();
  const paths = (title: string, body: string) =>
    createEntry(bench.ctx, { title, body }).catch((error) =>
      error.errors.map(({ path }: { path: string }) => path)
    );
  assert.deepEqual(await paths("a", "b".repeat(10_001)), ["body"]);
  assert.deepEqual(await paths(" \u0000 ", "b"), ["title"]);
});

Deno.test("updateEntry is found by its new words and no more by its old ones", async () => {
  await using bench = await openKnowledge();
  const { id } = await createEntry(bench.ctx, { title: "¿Venden filtros?", body: "Sí, a $120." });
  const row = await updateEntry(bench.ctx, { id, title: "¿Venden mangueras?", body: "Sí, a $80 el metro." });
  assert.equal(row.title, "¿Venden mangueras?");
  assert.equal((await askKnowledge(bench.ctx, { question: "venden mangueras" })).answered, true);
  assert.equal((await askKnowledge(bench.ctx, { question: "filtros" })).answered, false);
  assert.equal(await count(bench.ctx, "knowledge_fts_docsize"), 1);
});

Deno.test("updateEntry takes a disabled entry out of every answer and brings it back", async () => {
  await using bench = await openKnowledge();
  const { id } = await createEntry(bench.ctx, { title: "¿Dan garantía?", body: "Sí." });
  await updateEntry(bench.ctx, { id, enabled: false });
  assert.equal((await searchKnowledge(bench.ctx, { question: "garantía" })).hits.length, 0);
  await updateEntry(bench.ctx, { id, enabled: true });
  assert.equal((await searchKnowledge(bench.ctx, { question: "garantía" })).hits.length, 1);
});

Deno.test("deleteEntry leaves no chunk, index row or word behind", async () => {
  await using bench = await openKnowledge();
  const { id } = await createEntry(bench.ctx, {
    kind: "markdown",
    title: "Manual",
    body: "# Uno\n\nbomba\n\n# Dos\n\nfiltro",
  });
  assert.equal(await count(bench.ctx, "knowledge_fts_docsize"), 2);
  await deleteEntry(bench.ctx, id);
  for (const table of ["knowledge_entries", "knowledge_chunks", "knowledge_fts_docsize", "knowledge_words"]) {
    assert.equal(await count(bench.ctx, table), 0, table);
  }
  await assert.rejects(deleteEntry(bench.ctx, id), code("not_found"));
});

Deno.test("reindexKnowledge makes a lost index anew, and twice gives the same", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  await bench.ctx.transact(async (tx) => void await tx.db.run(sql`delete from knowledge_chunks`));
  assert.equal((await askKnowledge(bench.ctx, { question: "horario" })).answered, false);
  for (let times = 0; times < 2; times++) {
    assert.equal(await reindexKnowledge(bench.ctx), 20);
    assert.equal((await askKnowledge(bench.ctx, { question: "horario" })).answered, true);
    assert.equal(await count(bench.ctx, "knowledge_fts_docsize"), 20);
  }
});

Deno.test("another workspace neither finds, reads, changes nor deletes an entry", async () => {
  await using bench = await openKnowledge();
  const { id } = await createEntry(bench.ctx, { title: "¿Dan garantía?", body: "Sí." });
  const other = bench.as(systemActor("other"), "wsp_other");
  assert.equal((await searchKnowledge(other, { question: "¿Dan garantía?" })).hits.length, 0);
  assert.deepEqual((await askKnowledge(other, { question: "garanita" })).terms, [{
    word: "garanita",
    read_as: null,
  }]);
  await assert.rejects(getEntry(other, id), code("not_found"));
  await assert.rejects(updateEntry(other, { id, title: "x" }), code("not_found"));
  await assert.rejects(deleteEntry(other, id), code("not_found"));
  assert.equal((await listEntries(other, { limit: 10 })).data.length, 0);
});

Deno.test("listEntries pages newest first and filters by kind, tag, language and words of the title", async () => {
  await using bench = await openKnowledge();
  for (let i = 1; i <= 5; i++) {
    await createEntry(bench.ctx, {
      title: `Pregunta ${i}% de todo`,
      body: "Sí, claro.",
      tags: i % 2 ? ["impar"] : [],
      locale: i > 3 ? "en" : "es",
    });
  }
  const first = await listEntries(bench.ctx, { limit: 3 });
  const second = await listEntries(bench.ctx, { limit: 3, cursor: first.next_cursor ?? "" });
  assert.deepEqual([...first.data, ...second.data].map(({ title }) => Number(/\d/.exec(title)?.[0])), [
    5,
    4,
    3,
    2,
    1,
  ]);
  assert.equal(second.next_cursor, null);
  const titles = async (filter: Parameters<typeof listEntries>[1]) =>
    (await listEntries(bench.ctx, filter)).data.length;
  assert.deepEqual([
    await titles({ limit: 9, tag: "impar" }),
    await titles({ limit: 9, locale: "en" }),
    await titles({ limit: 9, search: "2%" }),
    await titles({ limit: 9, kind: "pdf" }),
  ], [3, 2, 1, 0]);
});

Deno.test("importKnowledge adds a CSV once, however often it is sent", async () => {
  await using bench = await openKnowledge();
  const content =
    "pregunta,respuesta\n¿Dan garantía?,90 días\n¿Dan garantía?,90 días\n¿Abren hoy?,Sí\n¿Sin respuesta?,\n";
  const once = await importKnowledge(bench.ctx, { kind: "csv", content, source: "faq.csv" });
  assert.deepEqual([once.created.length, once.skipped], [2, 2]);
  const again = await importKnowledge(bench.ctx, { kind: "csv", content, source: "faq.csv" });
  assert.deepEqual([again.created.length, again.skipped], [0, 4]);
  assert.equal(once.created[0]?.source, "faq.csv");
});

Deno.test("importKnowledge sent five times at once adds every pair once", async () => {
  await using bench = await openKnowledge();
  const pairs = Array.from({ length: 120 }, (_, i) => ({ title: `¿Pregunta ${i}?`, body: `Respuesta ${i}` }));
  const results = await Promise.all(
    Array.from({ length: 5 }, () => importKnowledge(bench.ctx, { kind: "pairs", pairs })),
  );
  assert.equal(results.reduce((sum, { created }) => sum + created.length, 0), 120);
  assert.equal(await count(bench.ctx, "knowledge_entries"), 120);
});

Deno.test("importKnowledge names the row that is wrong and writes nothing", async () => {
  await using bench = await openKnowledge();
  const content = `pregunta,respuesta\nbien,sí\nmal,${"x".repeat(10_001)}\n`;
  await assert.rejects(
    importKnowledge(bench.ctx, { kind: "csv", content }),
    (error) => error instanceof AppError && error.errors[0]?.path === "file.1.body",
  );
  assert.equal(await count(bench.ctx, "knowledge_entries"), 0);
});

Deno.test("importKnowledge of a Markdown manual answers with the section's own words and names the place", async () => {
  await using bench = await openKnowledge();
  const content =
    "# Manual del cliente\n\nBienvenido.\n\n## Devoluciones\n\nPuede devolver un equipo sin usar en 30 días.\n\n## Estacionamiento\n\nHay cajones frente al taller.";
  await importKnowledge(bench.ctx, { kind: "markdown", content, source: "manual.md" });
  const { answered, answer, sources } = await askKnowledge(bench.ctx, {
    question: "¿cómo hago una devolución?",
  });
  assert.ok(answered);
  assert.equal(sources[0]?.quote, "Puede devolver un equipo sin usar en 30 días.");
  assert.match(answer, /Fuente: Manual del cliente \(Manual del cliente > Devoluciones\)$/);
});

Deno.test("importKnowledge of a PDF answers with the page", async () => {
  await using bench = await openKnowledge();
  const content = makePdf([
    "Este manual explica el uso del equipo.",
    "La garantia del compresor dura cinco anos.",
  ], "Manual");
  await importKnowledge(bench.ctx, { kind: "pdf", content, source: "manual.pdf" });
  const { sources, candidates } = await askKnowledge(bench.ctx, { question: "garantía del compresor" });
  assert.equal(sources[0]?.quote, "La garantia del compresor dura cinco anos.");
  assert.equal(candidates[0]?.heading, "p. 2");
});

Deno.test("a long document is quoted by the sentences that answer, in their order", async () => {
  await using bench = await openKnowledge();
  const filler = "El equipo se revisa con cuidado en cada paso del proceso habitual. ".repeat(6);
  const body = `${filler}La cancelación es gratis hasta un día antes. ${filler}`;
  await createEntry(bench.ctx, { kind: "text", title: "Condiciones", body });
  const { sources } = await askKnowledge(bench.ctx, { question: "¿la cancelación es gratis?" });
  assert.equal(sources[0]?.quote, "La cancelación es gratis hasta un día antes.");
});

Deno.test("seedSample adds twenty entries in two languages once, and removeSample takes exactly them away", async () => {
  await using bench = await openKnowledge();
  const own = await createEntry(bench.ctx, { title: "¿Dan garantía?", body: "Cinco años." });
  assert.equal(await seedSample(bench.ctx), 20);
  assert.equal(await seedSample(bench.ctx), 0);
  const { data } = await listEntries(bench.ctx, { limit: 50 });
  assert.deepEqual(new Set(data.map(({ locale }) => locale)), new Set(["es", "en"]));
  assert.equal(await bench.ctx.transact((tx) => removeSample(tx)), 20);
  assert.deepEqual((await listEntries(bench.ctx, { limit: 50 })).data.map(({ id }) => id), [own.id]);
});

Deno.test("an entry of the sample that the business changes stays when the sample goes", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  const [any] = (await listEntries(bench.ctx, { limit: 1 })).data;
  assert.ok(any);
  await updateEntry(bench.ctx, { id: any.id, body: "Nuestra propia respuesta." });
  assert.equal(await bench.ctx.transact((tx) => removeSample(tx)), 19);
});

const ODD = [
  "a\u0000b",
  "\ud800 solo",
  "😀".repeat(250_000),
  "'; drop table knowledge_entries; --",
  "<script>alert(1)</script>",
  '{"a":'.repeat(100),
  '" OR * NEAR(x',
  "‮rtl",
  "x".repeat(1_000_000),
];

for (const [index, odd] of ODD.entries()) {
  Deno.test(`odd text ${index + 1} is stored, found and asked without an error of ours`, async () => {
    await using bench = await openKnowledge();
    const row = await createEntry(bench.ctx, { kind: "text", title: odd.slice(0, 100), body: odd });
    assert.ok((await getEntry(bench.ctx, row.id)).body.isWellFormed());
    const { answer } = await askKnowledge(bench.ctx, { question: odd });
    assert.ok(answer.length > 0);
  });
}

import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { makePdf } from "../unit/knowledge/pdf-file.ts";

const ENTRY = { title: "¿Dan garantía?", body: "Sí: 90 días en mano de obra.", tags: ["garantia"] };

Deno.test("knowledge entries are created, read, listed, changed, replaced and deleted", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  const made = await cauce.request("POST", "/api/knowledge/entries", {
    token,
    body: { ...ENTRY, nobody_knows: 1 },
  });
  assert.equal(made.status, 201);
  const { id } = made.body;
  assert.deepEqual([made.body.kind, made.body.locale, made.body.sample, made.body.tags], [
    "pair",
    "es",
    false,
    ["garantia"],
  ]);
  const path = `/api/knowledge/entries/${id}`;
  assert.equal((await cauce.request("GET", path, { token })).body.body, ENTRY.body);
  assert.deepEqual(
    (await cauce.request("GET", "/api/knowledge/entries?tag=garantia", { token })).body.data.map((
      row: { id: string },
    ) => row.id),
    [id],
  );

  const changed = await cauce.request("PATCH", path, { token, body: { body: "Un año." } });
  assert.deepEqual([changed.status, changed.body.title, changed.body.body], [200, ENTRY.title, "Un año."]);
  const replaced = await cauce.request("PUT", path, {
    token,
    body: { title: "Do you have a warranty?", body: "Yes, one year." },
  });
  assert.deepEqual([replaced.status, replaced.body.locale, replaced.body.tags], [200, "en", []]);

  assert.equal((await cauce.request("DELETE", path, { token })).status, 204);
  assert.equal((await cauce.request("GET", path, { token })).status, 404);
});

Deno.test("POST /api/knowledge/ask says what would be answered and why, and records nothing", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  const { body: entry } = await cauce.request("POST", "/api/knowledge/entries", { token, body: ENTRY });
  const known = await cauce.request("POST", "/api/knowledge/ask", {
    token,
    body: { question: "tienen garanita?" },
  });
  assert.equal(known.status, 200);
  assert.deepEqual([
    known.body.answered,
    known.body.reason,
    known.body.locale,
    known.body.sources[0].entry_id,
  ], [true, "matched", "es", entry.id]);
  assert.deepEqual(known.body.terms.at(-1), { word: "garanita", read_as: "garantia" });
  const unknown = await cauce.request("POST", "/api/knowledge/ask", {
    token,
    body: { question: "¿venden hielo?" },
  });
  assert.deepEqual([unknown.body.answered, unknown.body.sources], [false, []]);
  assert.deepEqual((await cauce.request("GET", "/api/knowledge/unanswered", { token })).body, {
    data: [],
    next_cursor: null,
  });
});

Deno.test("POST /api/knowledge/entries/import takes CSV, Markdown and PDF files", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  const send = async (name: string, content: BlobPart, extra: Record<string, string> = {}) => {
    const form = new FormData();
    form.set("file", new File([content], name));
    for (const [key, value] of Object.entries(extra)) form.set(key, value);
    return await cauce.request("POST", "/api/knowledge/entries/import", { token, body: form });
  };
  const csv = await send("faq.csv", "pregunta,respuesta\n¿Abren hoy?,Sí\n¿Dan factura?,Sí\n", {
    tags: "faq, web",
  });
  assert.deepEqual([csv.status, csv.body.created, csv.body.skipped], [201, 2, 0]);
  assert.deepEqual([csv.body.data[0].tags, csv.body.data[0].source], [["faq", "web"], "faq.csv"]);
  assert.equal((await send("manual.md", "# Manual\n\nTexto.")).body.data[0].title, "Manual");
  const pdf = await send("guia.pdf", makePdf(["La bomba se purga cada mes."], "Guia"), { title: "Guía" });
  assert.deepEqual([pdf.status, pdf.body.data[0].kind, pdf.body.data[0].title], [201, "pdf", "Guía"]);
  const asked = await cauce.request("POST", "/api/knowledge/ask", {
    token,
    body: { question: "¿cada cuándo se purga la bomba?" },
  });
  assert.equal(asked.body.sources[0].quote, "La bomba se purga cada mes.");

  assert.equal((await send("virus.exe", "MZ")).status, 415);
  assert.equal((await send("broken.pdf", "not a pdf")).status, 422);
  assert.equal((await send("empty.csv", "")).status, 422);
});

Deno.test("POST /api/knowledge/entries/import takes pairs and texts as JSON and names what is wrong", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  const send = (body: unknown) => cauce.request("POST", "/api/knowledge/entries/import", { token, body });
  const pairs = await send({
    kind: "pairs",
    pairs: [{ question: "¿Abren?", answer: "Sí" }, { question: "¿Abren?", answer: "Sí" }],
  });
  assert.deepEqual([pairs.status, pairs.body.created, pairs.body.skipped], [201, 1, 1]);
  assert.equal(
    (await send({ kind: "markdown", text: "# A\n\nb", title: "Nota" })).body.data[0].title,
    "Nota",
  );
  const wrong = await send({
    kind: "pairs",
    pairs: [{ question: "¿Abren?", answer: "No" }, { question: "", answer: "Sí" }],
  });
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, "pairs.1.title"]);
  assert.equal((await send({ kind: "video", text: "x" })).status, 422);
  assert.equal(
    (await cauce.request("POST", "/api/knowledge/entries/import", {
      token,
      body: "hola",
      headers: { "content-type": "text/plain" },
    })).status,
    415,
  );
});

Deno.test("an unanswered question is answered in one step, and answering it again is a conflict", async () => {
  await using cauce = await harness();
  const { token, ctx } = await cauce.person();
  const { recordUnanswered } = await import("../../lib/knowledge/mod.ts");
  for (const question of ["¿Rentan lavadoras?", "rentan lavadora", "¿Venden hielo?"]) {
    await ctx.transact((tx) => recordUnanswered(tx, { question, conversationId: "cnv_1" }));
  }
  const { body: { data } } = await cauce.request("GET", "/api/knowledge/unanswered", { token });
  const [ice, washers] = data.toSorted((a: { times: number }, b: { times: number }) => a.times - b.times);
  assert.deepEqual([data.length, washers.question, washers.times, washers.state], [
    2,
    "¿Rentan lavadoras?",
    2,
    "open",
  ]);

  const path = `/api/knowledge/unanswered/${washers.id}/answer`;
  const made = await cauce.request("POST", path, { token, body: { answer: "Sí, a $900." } });
  assert.deepEqual([made.status, made.body.title, made.body.body], [
    201,
    "¿Rentan lavadoras?",
    "Sí, a $900.",
  ]);
  const again = await cauce.request("POST", path, { token, body: { answer: "No." } });
  assert.deepEqual([again.status, again.body.code, again.body.entry_id], [409, "conflict", made.body.id]);
  assert.equal(
    (await cauce.request("POST", `/api/knowledge/unanswered/${ice.id}/dismiss`, { token })).body.state,
    "dismissed",
  );
  assert.deepEqual((await cauce.request("GET", "/api/knowledge/unanswered", { token })).body.data, []);
  assert.equal(
    (await cauce.request("GET", "/api/knowledge/unanswered?state=answered", { token })).body.data[0].entry_id,
    made.body.id,
  );
});

const PROTECTED = [
  ["GET", "/api/knowledge/entries"],
  ["POST", "/api/knowledge/entries", ENTRY],
  ["POST", "/api/knowledge/entries/import", { kind: "text", text: "x" }],
  ["GET", "/api/knowledge/entries/ID"],
  ["PUT", "/api/knowledge/entries/ID", ENTRY],
  ["PATCH", "/api/knowledge/entries/ID", { title: "x" }],
  ["DELETE", "/api/knowledge/entries/ID"],
  ["POST", "/api/knowledge/ask", { question: "x" }],
  ["GET", "/api/knowledge/unanswered"],
  ["POST", "/api/knowledge/unanswered/QUESTION/answer", { answer: "x" }],
  ["POST", "/api/knowledge/unanswered/QUESTION/dismiss"],
] as const;

Deno.test("every knowledge route refuses who is not signed in and hides another workspace's rows", async () => {
  await using cauce = await harness();
  const owner = await cauce.person();
  const stranger = await cauce.person();
  const { recordUnanswered } = await import("../../lib/knowledge/mod.ts");
  const { body: entry } = await cauce.request("POST", "/api/knowledge/entries", {
    token: owner.token,
    body: ENTRY,
  });
  const question = await owner.ctx.transact((tx) => recordUnanswered(tx, { question: "¿Venden hielo?" }));
  for (const [method, path, body] of PROTECTED) {
    const at = path.replace("ID", entry.id).replace("QUESTION", question?.id ?? "");
    assert.equal(
      (await cauce.request(method, at, { body })).status,
      401,
      `${method} ${path} without a token`,
    );
    if (at !== path) {
      assert.equal(
        (await cauce.request(method, at, { token: stranger.token, body })).status,
        404,
        `${method} ${path} of another workspace`,
      );
    }
  }
  assert.deepEqual(
    (await cauce.request("GET", "/api/knowledge/entries", { token: stranger.token })).body.data,
    [],
  );
});

Deno.test("a member may read knowledge and not write it", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person({ role: "member" });
  for (const [method, path, body] of PROTECTED) {
    const { status } = await cauce.request(method, path, { token, body });
    const reads = method === "GET" || path.endsWith("/ask");
    assert.equal(status === 403, !reads, `${method} ${path}: ${status}`);
  }
});

const ODD = [
  "\u0000",
  "a\u0000b",
  "\ud800",
  "😀".repeat(250_000),
  "' or 1=1 --",
  "<img src=x onerror=alert(1)>",
  '{"a":'.repeat(100),
  '"*():^{}-',
  "NEAR(a b)",
  "‮",
];

Deno.test("odd text in any knowledge field is stored or refused, never a 500", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  for (const odd of ODD) {
    for (
      const [method, path, body] of [
        ["POST", "/api/knowledge/entries", { title: odd, body: odd }],
        ["POST", "/api/knowledge/entries", {
          kind: "markdown",
          title: "x",
          body: odd,
          tags: [odd.slice(0, 50)],
        }],
        ["POST", "/api/knowledge/ask", { question: odd }],
        ["POST", "/api/knowledge/entries/import", { kind: "csv", text: odd }],
        [
          "GET",
          `/api/knowledge/entries?search=${encodeURIComponent(odd.slice(0, 100).toWellFormed())}`,
          undefined,
        ],
        [
          "GET",
          `/api/knowledge/entries?cursor=${encodeURIComponent(odd.slice(0, 100).toWellFormed())}`,
          undefined,
        ],
      ] as const
    ) {
      const { status } = await cauce.request(method, path, { token, body });
      assert.ok(
        [200, 201, 413, 422].includes(status),
        `${method} ${path.slice(0, 60)} with ${JSON.stringify(odd.slice(0, 20))}: ${status}`,
      );
    }
  }
});

Deno.test("a body over the limit is 413 and broken JSON is 400", async () => {
  await using cauce = await harness();
  const { token } = await cauce.person();
  const large = await cauce.request("POST", "/api/knowledge/entries", {
    token,
    body: { title: "x", body: "x".repeat(5 * 1024 * 1024) },
  });
  assert.equal(large.status, 413);
  assert.equal(
    (await cauce.request("POST", "/api/knowledge/ask", { token, body: '{"question":' })).status,
    400,
  );
});

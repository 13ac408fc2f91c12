import assert from "node:assert/strict";
import fc from "fast-check";
import { CHUNK_CHARACTERS, chunksOf } from "../../../lib/knowledge/sources/chunk.ts";

Deno.test("chunksOf keeps a pair in one piece, however long", () => {
  const body = "Una frase. ".repeat(500).trim();
  assert.deepEqual(chunksOf({ kind: "pair", body }), [{ heading: null, text: body }]);
});

Deno.test("chunksOf bounds every chunk of a text and loses no word", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("hola ", "fin. ", "\n\n", "\n", "x".repeat(900), "😀".repeat(700), "día "), {
        maxLength: 60,
      }),
      (parts) => {
        const body = parts.join("");
        const chunks = chunksOf({ kind: "text", body });
        for (const { text } of chunks) {
          assert.ok(text.length <= CHUNK_CHARACTERS && text.trim() !== "");
          assert.ok(text.isWellFormed());
        }
        const bare = (text: string) => text.replace(/\s+/g, "");
        assert.equal(bare(chunks.map(({ text }) => text).join("")), bare(body));
      },
    ),
  );
});

Deno.test("chunksOf gives the same chunks for the same text", () => {
  const body = "# A\n\nuno\n\n## B\n\ndos ".repeat(200);
  assert.deepEqual(chunksOf({ kind: "markdown", body }), chunksOf({ kind: "markdown", body }));
});

Deno.test("chunksOf cuts Markdown at headings and names each by its path", () => {
  const body = [
    "---\ntitle: x\n---\n",
    "# Manual\n\nIntro.\n",
    "## Precios\n\n**Visita**: $350, vea [la lista](https://example.com/lista).\n",
    "### Urgente\n\n$400 más.\n",
    "## Garantía\n\n```\n# no es título\n```\n",
    "Horario\n-------\nDe 9 a 5.\n",
  ].join("");
  assert.deepEqual(chunksOf({ kind: "markdown", body }), [
    { heading: "Manual", text: "Intro." },
    { heading: "Manual > Precios", text: "Visita: $350, vea la lista (https://example.com/lista)." },
    { heading: "Manual > Precios > Urgente", text: "$400 más." },
    { heading: "Manual > Garantía", text: "# no es título" },
    { heading: "Manual > Horario", text: "De 9 a 5." },
  ]);
});

Deno.test("chunksOf names the chunks of a PDF by page and leaves blank pages out", () => {
  assert.deepEqual(chunksOf({ kind: "pdf", body: "uno\f\fdos" }), [{ heading: "p. 1", text: "uno" }, {
    heading: "p. 3",
    text: "dos",
  }]);
});

Deno.test("chunksOf makes a chunk of every row of a CSV", () => {
  assert.deepEqual(
    chunksOf({ kind: "csv", body: "Pieza: A · Precio: 1\nPieza: B · Precio: 2" }).map(({ text }) => text),
    [
      "Pieza: A · Precio: 1",
      "Pieza: B · Precio: 2",
    ],
  );
});

Deno.test("chunksOf takes a megabyte of any Markdown mark", () => {
  for (const mark of ["[", "*a ", "**", "<!--", "![](", "[a](b", "# ", "`", "__ "]) {
    const body = mark.repeat(Math.floor(1_000_000 / mark.length));
    for (const { text } of chunksOf({ kind: "markdown", body })) assert.ok(text.length <= CHUNK_CHARACTERS);
  }
});

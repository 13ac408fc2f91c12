import assert from "node:assert/strict";
import { readCsv } from "../../../lib/knowledge/sources/csv.ts";
import { decodeText } from "../../../lib/kernel/decode.ts";
import { readPdf } from "../../../lib/knowledge/sources/pdf.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { makePdf } from "./pdf-file.ts";

const refused = (error: unknown) => error instanceof AppError && error.code === "validation_failed";

Deno.test("readCsv takes question and answer columns by their Spanish or English names", () => {
  for (const header of ["Pregunta,Respuesta", "\ufeffquestion,answer", "PREGUNTA;RESPUESTA", "q\ta"]) {
    const mark = header.includes(";") ? ";" : header.includes("\t") ? "\t" : ",";
    const read = readCsv(`${header}\n"¿Abren, hoy?"${mark}"Sí, ""claro"".\nHasta las 7."\n`);
    assert.ok("pairs" in read);
    assert.deepEqual(read.pairs.map(({ title, body }) => [title, body]), [[
      "¿Abren, hoy?",
      'Sí, "claro".\nHasta las 7.',
    ]]);
  }
});

Deno.test("readCsv reads tags and language, skips half rows and counts them", () => {
  const read = readCsv("answer,question,tags,idioma\nYes,Open?,hours|sunday,en-US\n,Nothing,,\n");
  assert.deepEqual(read, {
    pairs: [{ kind: "pair", title: "Open?", body: "Yes", tags: ["hours", "sunday"], locale: "en" }],
    skippedRows: 1,
  });
});

Deno.test("readCsv makes a line of every row where no columns are a question and an answer", () => {
  const read = readCsv("Pieza,Precio\nFiltro,$120\nMotor,\n");
  assert.deepEqual(read, { lines: ["Pieza: Filtro · Precio: $120", "Pieza: Motor"] });
});

Deno.test("readCsv refuses a file without rows and one whose rows are all half", () => {
  assert.throws(() => readCsv("pregunta,respuesta\n"), refused);
  assert.throws(() => readCsv("pregunta,respuesta\nhola,\n"), refused);
});

Deno.test("readCsv refuses a file whose quote never closes, and says where", () => {
  assert.throws(
    () => readCsv('pregunta,respuesta\nuno,dos\n"tres,cuatro\ncinco,seis\n'),
    (error) => error instanceof AppError && /line 3.*never closes/.test(JSON.stringify(error)),
  );
});

Deno.test("decodeText reads UTF-8, UTF-16 and what Excel writes", () => {
  const latin = Uint8Array.from([0x61, 0xf1, 0x6f]);
  assert.equal(decodeText(latin), "año");
  assert.equal(decodeText(new TextEncoder().encode("año")), "año");
  assert.equal(decodeText(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0xf1, 0])), "añ");
});

Deno.test("readPdf gives the text of each page and the document's title", async () => {
  const { title, pages } = await readPdf(makePdf(["Garantia de 90 dias", "Horario de 9 a 5"], "Manual"));
  assert.equal(title, "Manual");
  assert.deepEqual(pages, ["Garantia de 90 dias", "Horario de 9 a 5"]);
});

Deno.test("readPdf refuses what is no PDF, what is cut off, and what has no text", async () => {
  const whole = makePdf(["uno"], "x");
  for (
    const bytes of [
      new Uint8Array(),
      new TextEncoder().encode("not a pdf"),
      whole.slice(0, 60),
      makePdf([""], "blank"),
    ]
  ) {
    await assert.rejects(readPdf(bytes), refused);
  }
});

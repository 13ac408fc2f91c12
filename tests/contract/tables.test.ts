import assert from "node:assert/strict";
import { extractText } from "unpdf";
import { join } from "node:path";
import { writePdf } from "../../lib/adapters/tables/pdf.ts";
import { writeXlsx } from "../../lib/adapters/tables/xlsx.ts";
import { HOUR } from "../../lib/kernel/clock.ts";
import type { Row, Table, TableColumn } from "../../lib/ports/tables.ts";

const COLUMNS = [
  { key: "n", label: "Número", kind: "number" },
  { key: "t", label: "Asunto & <más>", kind: "text" },
  { key: "c", label: "Creado", kind: "time" },
  { key: "d", label: "Duró", kind: "duration" },
  { key: "f", label: "Sí", kind: "flag" },
] as const;

function table(batches: AsyncIterable<readonly Row[]>): Table {
  return { title: "Tickets / [año]", columns: COLUMNS, batches, wall: (at) => at - 6 * HOUR };
}

async function* once(...rows: Row[]): AsyncGenerator<Row[]> {
  yield await Promise.resolve(rows);
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob((await Array.fromAsync(pieces)) as BlobPart[]).arrayBuffer());
}

const AT = Date.parse("2026-11-25T15:30:00Z");
const OPENPYXL = "/usr/lib/python3/dist-packages/openpyxl";
const noPython = !exists(OPENPYXL);

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

Deno.test({
  name: "openpyxl reads back what the XLSX writer wrote: texts, times of the zone, durations, flags and gaps",
  ignore: noPython,
  fn: async () => {
    const rows: Row[] = [
      [1.5, '=1+1 ñandú 😀 \u0001 <b> & "q" \ud800', AT, 3_723_000, true],
      [null, "", null, null, false],
      [-7, "x".repeat(40_000), AT, 100 * HOUR, null],
    ];
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "report.xlsx");
      await Deno.writeFile(path, await bytesOf(writeXlsx(table(once(...rows)))));
      const script = `
import json, sys, warnings
warnings.simplefilter("error")
import openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
rows = [[None if v is None else v if isinstance(v, (bool, int, float)) else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
print(json.dumps({"sheets": book.sheetnames, "frozen": sheet.freeze_panes, "types": [c.data_type for c in sheet[2]], "rows": rows}))`;
      const { stdout, stderr, success } = await new Deno.Command("/usr/bin/python3", {
        args: ["-c", script, path],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const read = JSON.parse(new TextDecoder().decode(stdout));
      assert.deepEqual(read.sheets, ["Tickets    año"]);
      assert.equal(read.frozen, "A2");
      assert.notEqual(read.types[1], "f", "a text is never a formula");
      assert.deepEqual(read.rows[0], COLUMNS.map(({ label }) => label));
      assert.deepEqual(read.rows[1], [
        1.5,
        '=1+1 ñandú 😀  <b> & "q" \ufffd',
        "2026-11-25 09:30:00",
        "1:02:03",
        true,
      ]);
      assert.deepEqual(read.rows[2].filter((cell: unknown) => cell !== null && cell !== ""), [false]);
      assert.equal(read.rows[3][1].length, 32_767);
      assert.equal(read.rows[3][3], "4 days, 4:00:00");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

for (const [name, write] of Object.entries({ xlsx: writeXlsx, pdf: writePdf })) {
  Deno.test(`the ${name} writer passes on what its rows throw`, async () => {
    const failing = async function* (): AsyncGenerator<Row[]> {
      yield await Promise.resolve([[1, "a", AT, 1, true]]);
      throw new Error("the disk went away");
    };
    await assert.rejects(bytesOf(write(table(failing()))), /the disk went away/);
  });

  Deno.test(`the ${name} writer ends its rows when nobody reads on`, async () => {
    let ended = false;
    const endless = async function* (): AsyncGenerator<Row[]> {
      try {
        for (;;) {
          yield await Promise.resolve(
            Array.from({ length: 500 }, (): Row => [1, "a".repeat(90), AT, 1, true]),
          );
        }
      } finally {
        ended = true;
      }
    };
    const pieces = write(table(endless()));
    await pieces.next();
    await pieces.return(undefined);
    assert.ok(ended);
  });
}

Deno.test("the PDF writer begins a page for what does not fit, and numbers them", async () => {
  const rows = Array.from({ length: 100 }, (_, at): Row => [at, `Fila ${at} ñ €`, AT, 1000, at % 2 === 0]);
  const text = new TextDecoder("latin1").decode(await bytesOf(writePdf(table(once(...rows)))));
  assert.match(text, /^%PDF-/);
  assert.match(text, /\/Type \/Pages[\s\S]*?\/Count 3/);
});

Deno.test("of a wide table on paper no time, number or duration is cut, and of labels nothing either", async () => {
  const columns: TableColumn[] = [
    { key: "n", label: "Número", kind: "number" },
    ...["Asunto", "Estado", "Prioridad", "Operador", "Equipo", "Cliente", "Contacto", "Etiquetas"].map((
      label,
    ) => ({
      key: label,
      label,
      kind: "text" as const,
    })),
    { key: "t", label: "Creado", kind: "time" },
    { key: "a", label: "Tiempo de primera respuesta", kind: "duration" },
    { key: "b", label: "Tiempo de resolución", kind: "duration" },
  ];
  const texts = columns.slice(1, 9).map(() => "Una cosa que es larga");
  const row: Row = [1_234_567, ...texts, AT, 359_999_000, 1000];
  const written = await bytesOf(writePdf({ ...table(once(row)), columns }));
  const { text } = await extractText(written, { mergePages: true });
  const plain = text.replace(/\s+/g, " ");
  for (const whole of ["1234567", "2026-11-25 09:30", "99:59:59", "0:00:01", "resolución"]) {
    assert.ok(plain.includes(whole), `${whole} in ${plain}`);
  }
  assert.doesNotMatch(plain, /Tiem…/);
});

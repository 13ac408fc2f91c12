import assert from "node:assert/strict";
import fc from "fast-check";
import { csvLine, fromNeutral, parseCsv } from "../../../lib/kernel/csv.ts";

Deno.test("parseCsv says on which line each record begins, through quotes that hold line ends", () => {
  const text = '\ufeffname;note\r\nAna;"one\r\ntwo ""2"""\r\n\r\nLuis; x \nEva';
  assert.deepEqual(parseCsv(text), [
    { line: 1, cells: ["name", "note"] },
    { line: 2, cells: ["Ana", 'one\r\ntwo "2"'] },
    { line: 5, cells: ["Luis", "x"] },
    { line: 6, cells: ["Eva"] },
  ]);
  assert.deepEqual(parseCsv("a\tb\rc\td"), [{ line: 1, cells: ["a", "b"] }, { line: 2, cells: ["c", "d"] }]);
  assert.deepEqual(parseCsv(" \n\n,\n"), []);
  assert.deepEqual(parseCsv('a,b\n1,"2\n3,4'), [
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["1", "2\n3,4"], unclosed: true },
  ]);
});

for (const formula of ["=1+1", "+52 81", "-2", "@SUM(A1)", "\tx"]) {
  Deno.test(`csvLine neutralises a cell that begins like ${JSON.stringify(formula)}, and it can be read back`, () => {
    const line = csvLine([formula, "ok"]);
    assert.match(line, /^"?'/);
    assert.equal(fromNeutral(parseCsv(line)[0]?.cells[0] ?? ""), formula);
  });
}

Deno.test("what csvLine writes parseCsv reads, whatever the cells hold", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.trim());
  fc.assert(fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
    fc.pre(cells.some((one) => one !== ""));
    const text = csvLine(["a", "b"]) + csvLine(cells);
    const [, read] = parseCsv(text);
    assert.deepEqual(read?.cells.map(fromNeutral), cells.map((one) => fromNeutral(one)));
  }));
});

import assert from "node:assert/strict";
import { mentioner } from "../../../lib/privacy/mentions.ts";

Deno.test("an address is found however it is written, and none that it is a part of", () => {
  const names = mentioner(["ana@x.example", "+528115573010", "528115573010", "ana.z", "ana", "12345"]);
  for (
    const text of [
      "Manda un correo a ana@x.example.",
      "escríbele a <ANA@X.example>, por favor",
      "llama al +52 81 1557-3010",
      "su número: (81) 1557 3010",
      "+528115573010",
      '{"recipient":"528115573010"}',
      "8115573010 1 vez",
      "opción 2 81 1557 3010",
      "81 8765 4321 8115573010",
      "8115573010 8187654321",
      "el 2026-12-01 5281 1557 3010 10:30",
      "marca 081 1557 3010",
      "557 3010 12 horas",
      "es @ana.z",
    ]
  ) assert.ok(names(text), text);
  for (
    const text of [
      "juana@x.example",
      "ana@x.example.mx",
      "ana@x.examples",
      "+52 81 1557-3011",
      "+34 8115573010",
      "81 1557 30100",
      "9811 5573010",
      "2 557 3010",
      "Ana pidió una visita el 2026-12-01 a las 10",
      "12345",
      "ana",
      "",
    ]
  ) assert.ok(!names(text), text);
  assert.equal(mentioner([])("+528115573010 ana@x.example"), false);
});

Deno.test("a long text of digits and dots is looked through in time", () => {
  const names = mentioner(["ana@x.example", "+528115573010"]);
  const before = performance.now();
  for (const part of ["1 ", "(1-", "5281 1557301 ", "a.", "ana@x."]) {
    assert.equal(names(part.repeat(100_000)), false);
  }
  assert.ok(performance.now() - before < 2000);
});

import assert from "node:assert/strict";
import { normalPhone, phoneForms } from "../../../lib/kernel/phone.ts";

const CASES: readonly [string, string | null, string | null][] = [
  ["+52 (81) 1234-5678", null, "+528112345678"],
  ["0034 612 345 678", null, "+34612345678"],
  ["tel:+1-212-555-0100;ext=4", null, "+12125550100"],
  ["+44 (0)20 7946 0958", null, "+442079460958"],
  ["81 1234 5678", "52", "+528112345678"],
  ["081 1234 567", "54", "+54811234567"],
  ["81 1234 5678", null, "8112345678"],
  ["101", "52", "101"],
  ["anonymous", null, null],
  ["", null, null],
  ["+", null, null],
];

for (const [raw, country, expected] of CASES) {
  Deno.test(`normalPhone makes ${expected} of ${JSON.stringify(raw)}${country === null ? "" : ` in ${country}`}`, () => {
    assert.equal(normalPhone(raw, country), expected);
  });
}

Deno.test("phoneForms has a mobile with and without its country's mark", () => {
  assert.ok(phoneForms("+5215512345678").includes("+525512345678"));
  assert.ok(phoneForms("525512345678").includes("5215512345678"));
  assert.ok(phoneForms("+541155556666").includes("+5491155556666"));
  assert.deepEqual(phoneForms("+34612345678"), ["+34612345678", "34612345678"]);
});

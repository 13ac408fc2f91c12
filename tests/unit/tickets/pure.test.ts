import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../../lib/kernel/errors.ts";
import { fieldDefinition, fieldsAfter } from "../../../lib/tickets/fields.ts";
import { fillPlaceholders, placeholderProblem } from "../../../lib/tickets/placeholders.ts";
import { DONE_STATES, LIVE_STATES, mayBecome, TRANSITIONS } from "../../../lib/tickets/policy.ts";
import { TICKET_STATES } from "../../../lib/tickets/schemas.ts";
import { numberOf, searchOf } from "../../../lib/tickets/words.ts";
import { versionsOf } from "../../../routes/versions.ts";

Deno.test("every live state can be resolved, every state but closed can be left, and none leads to itself or back to new", () => {
  assert.deepEqual([...LIVE_STATES, ...DONE_STATES].sort(), [...TICKET_STATES].sort());
  for (const from of TICKET_STATES) {
    assert.equal(mayBecome(from, from), false);
    assert.equal(mayBecome(from, "new"), false);
    assert.equal(TRANSITIONS[from].length > 0, from !== "closed");
    if (LIVE_STATES.includes(from)) assert.ok(mayBecome(from, "resolved"), from);
  }
});

Deno.test("a search holds nothing but quoted tokens, AND, OR and parentheses, whatever is typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
      const search = searchOf(text);
      if (search === null) return;
      assert.match(search.match, /^[() ]*(?:"[\p{L}\p{N}_]+"|AND|OR|[() ])+$/u);
    }),
    { numRuns: 50 },
  );
  assert.equal(searchOf("de la y"), null);
  assert.equal(searchOf("fugas de agua")?.terms.length, 2);
});

Deno.test("a ticket's number is read in the ways that people write it, and nothing else is one", () => {
  for (const text of ["1042", "#1042", "T-1042", "t-1042"]) assert.equal(numberOf(text), 1042, text);
  for (const text of ["", "T", "10 42", "1.5", "-1", "R410A", "1".repeat(13)]) {
    assert.equal(numberOf(text), null, text);
  }
});

Deno.test("placeholders are filled as they stand, and an unknown or open one is a problem", () => {
  const fields = { modelo: "{{ticket.number}}", vip: true, zonas: ["norte", "sur"], horas: 0 };
  const known = {
    ticket: { number: 7, subject: "{{ticket.number}} $&", fields },
    contact: null,
    operator: "Luz",
    language: "es",
  } as const;
  const text = "Hola {{contact.name}}, {{ ticket.reference }}: {{ticket.subject}} — {{operator.name}}";
  assert.equal(placeholderProblem(text), null);
  assert.equal(fillPlaceholders(text, known), "Hola, T-7: {{ticket.number}} $& — Luz");
  const own = ["modelo", "vip", "zonas", "horas", "nada"].map((key) => `{{ticket.fields.${key}}}`).join(
    " / ",
  );
  assert.equal(placeholderProblem(own), null);
  assert.equal(fillPlaceholders(own, known), "{{ticket.number}} / sí / norte, sur / 0 /");
  assert.match(fillPlaceholders(own, { ...known, language: "en" }), / yes /);
  assert.match(placeholderProblem("{{ticket.fields.Modelo}}") ?? "", /ticket\.fields\.Modelo/);
  assert.match(placeholderProblem("{{contact.nme}}") ?? "", /contact\.nme/);
  for (const open of ["{{contact.name", "contact.name}}", "{{}}"]) {
    assert.notEqual(placeholderProblem(open), null, open);
  }
});

Deno.test("a custom field keeps only values of its type, and every wrong one is named", () => {
  const definitions = [
    { key: "n", label: "N", type: "integer" as const },
    { key: "d", label: "D", type: "date" as const, required: true },
    { key: "s", label: "S", type: "multi_select" as const, options: ["a", "b"] },
    { key: "b", label: "B", type: "boolean" as const },
  ].map((one) => fieldDefinition.parse(one));
  const after = (given: Record<string, unknown>, complete = false) =>
    fieldsAfter({ definitions, given, before: { old: 1 }, complete });
  assert.deepEqual(after({ n: 3, d: "2024-02-29", s: ["b", "a"], b: false }), {
    old: 1,
    n: 3,
    d: "2024-02-29",
    s: ["b", "a"],
    b: false,
  });
  const wrong = { n: "3", d: "2026-02-29", s: ["c"], b: 0, x: 1, constructor: 1 };
  assert.throws(() => after(wrong, true), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.deepEqual(
      error.errors.map(({ path }) => path).sort(),
      ["fields.b", "fields.constructor", "fields.d", "fields.d", "fields.n", "fields.s", "fields.x"],
    );
    return true;
  });
  assert.throws(() => after({ d: null }), /required/);
  assert.deepEqual(after({ old: 1, n: 3 }), { old: 1, n: 3 }, "what a client sends back as it was");
  assert.deepEqual(after({ old: null }), {}, "of a field that was taken out");
  assert.throws(() => after({ old: 2 }), /no such field/);
  assert.throws(() => after({ gone: null }), /no such field/);
  const named = [fieldDefinition.parse({ key: "constructor", label: "C", type: "text", required: true })];
  assert.deepEqual(fieldsAfter({ definitions: named, given: {}, before: {}, complete: false }), {});
});

Deno.test("If-Match names versions as RFC 9110 writes them; what is none of ours matches none", () => {
  assert.equal(versionsOf(undefined), undefined);
  assert.equal(versionsOf('"1", *'), undefined);
  assert.deepEqual(versionsOf('"1", W/"22" ,3'), [1, 22, 3]);
  for (const rubbish of ["", '"x"', '""', '"1', "9".repeat(30)]) {
    const versions = versionsOf(rubbish);
    assert.ok(versions !== undefined && versions.every((version) => version === 1), rubbish);
  }
});

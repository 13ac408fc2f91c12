import assert from "node:assert/strict";
import { z } from "zod";
import { fieldErrorsOf } from "../../../lib/kernel/issues.ts";

function said(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input);
  return error === undefined ? [] : fieldErrorsOf(error).map(({ path, message }) => `${path}: ${message}`);
}

const SECRET = "hunter2-hunter2";

const CASES: readonly (readonly [z.ZodType, unknown, string])[] = [
  [z.string(), 3, "must be a text, but a number came"],
  [z.string(), undefined, "is missing: give a text"],
  [z.string(), null, "must be a text, but null came"],
  [z.number(), SECRET, "must be a number, but a text came"],
  [z.coerce.number(), SECRET, "must be a number"],
  [z.int(), 1.5, "must be a whole number, but a number came"],
  [z.boolean(), [], "must be true or false, but a list came"],
  [z.array(z.string()), {}, "must be a list, but an object came"],
  [z.object({}), true, "must be an object, but true or false came"],
  [z.never(), SECRET, "must be left out"],
  [z.enum(["low", "high"]), SECRET, "must be one of low, high"],
  [z.enum(["low", "high"]), 4, "must be one of low, high, but a number came"],
  [z.enum(["low", "high"]), undefined, "is missing: give one of low, high"],
  [z.literal("csv"), SECRET, "must be csv"],
  [z.string().min(1), "", "must not be empty"],
  [z.string().min(16), SECRET, "must have at least 16 characters, but has 15"],
  [z.string().max(1), SECRET, "must have at most 1 character, but has 15"],
  [z.string().length(3), SECRET, "must have exactly 3 characters, but has 15"],
  [z.array(z.int()).max(2), [1, 2, 3], "must have at most 2 items, but has 3"],
  [z.number().min(1), 0, "must be 1 or more"],
  [z.number().positive(), 0, "must be more than 0"],
  [z.number().max(5), 6, "must be 5 or less"],
  [z.number().lt(5), 5, "must be less than 5"],
  [z.number().multipleOf(15), 7, "must be a multiple of 15"],
  [z.iso.date(), "2026-02-31", "must be a day that exists, such as 2026-12-01"],
  [z.email(), SECRET, "must be an e-mail address such as ana@example.com"],
  [z.url(), SECRET, "must be an address such as https://example.com/path"],
  [z.string().startsWith("whsec_"), SECRET, 'must begin with "whsec_"'],
  [z.string().regex(/^[a-z]+$/), SECRET, "must be of the form /^[a-z]+$/"],
  [z.string().regex(/^[a-z]+$/, "must be small letters"), SECRET, "must be small letters"],
  [z.strictObject({ a: z.int().optional() }), { b: SECRET, c: 1 }, "has what is not known: leave out b, c"],
  [z.string().refine(() => false), SECRET, "is not a value that is taken here"],
  [z.union([z.string(), z.number(), z.null()]), {}, "must be a text or a number or null, but an object came"],
  [z.union([z.string(), z.array(z.string())]), undefined, "is missing: give a text or a list"],
  [
    z.union([z.email(), z.e164()]),
    SECRET,
    "must be an e-mail address such as ana@example.com, or must be a number with its country such as +528112345678",
  ],
  [z.union([z.email(), z.null()], { error: "must be your address" }), {}, "must be your address"],
];

Deno.test("what a schema refuses is said in our words: what is asked for and what kind came, never its value", () => {
  for (const [schema, input, words] of CASES) {
    const [line, ...more] = said(z.object({ field: schema }), input === undefined ? {} : { field: input });
    assert.deepEqual([line, more], [`field: ${words}`, []]);
    assert.ok(!line?.includes(SECRET), words);
  }
});

Deno.test("a field deep in one of several forms is named itself, and a kind that is none says which there are", () => {
  const place = z.union([
    z.object({ street: z.string(), floors: z.array(z.object({ at: z.int() })) }),
    z.null(),
  ]);
  assert.deepEqual(said(z.object({ place }), { place: { street: 4, floors: [{ at: 1 }, { at: "x" }] } }), [
    "place.street: must be a text, but a number came",
    "place.floors.1.at: must be a number, but a text came",
  ]);
  const action = z.discriminatedUnion("type", [
    z.object({ type: z.literal("note"), text: z.string() }),
    z.object({ type: z.literal("tag"), label: z.string() }),
  ]);
  assert.deepEqual(said(z.array(action), [{ type: "tag" }, { type: SECRET }, "x"]), [
    "0.label: is missing: give a text",
    "1.type: must be one of note, tag",
    "2: must be an object, but a text came",
  ]);
  const keyed = z.record(z.string().max(3), z.int());
  assert.deepEqual(said(keyed, { long_one: 1 }), [
    "long_one: is no name that is taken here: it must have at most 3 characters, but has 8",
  ]);
});

Deno.test("forms within forms are named like the others, and of groups within groups the field that is wrong", () => {
  const scalar = z.union([z.string(), z.number()]);
  const value = z.union([scalar, z.array(scalar)]);
  const kinds = "must be a text or a number";
  assert.deepEqual(said(z.object({ value }), { value: {} }), [
    `value: ${kinds} or a list, but an object came`,
  ]);
  assert.deepEqual(said(z.object({ value }), {}), ["value: is missing: give a text or a number or a list"]);
  assert.deepEqual(said(z.object({ value }), { value: ["a", {}] }), [
    `value.1: ${kinds}, but an object came`,
  ]);
  const own = z.union([z.union([z.email(), z.e164()], { error: "must be an address" }), z.null()]);
  assert.deepEqual(said(own, SECRET), [": must be an address"]);
  const leaf = z.strictObject({ field: z.string(), operator: z.string() });
  const group = <T extends z.ZodType>(of: T) =>
    z.union([leaf, z.strictObject({ all: z.array(of) }), z.strictObject({ any: z.array(of) })]);
  const tree = group(group(leaf));
  assert.deepEqual(said(tree, { all: [{ any: [{ field: 1 }] }, { field: "a", operator: SECRET }] }), [
    "all.0.any.0.field: must be a text, but a number came",
    "all.0.any.0.operator: is missing: give a text",
  ]);
  const audience = z.union([
    z.enum(["team", "all"]),
    z.strictObject({ user_id: z.string() }),
    z.strictObject({ team_id: z.string() }),
  ]);
  assert.deepEqual(said(audience, { user_id: 3 }), ["user_id: must be a text, but a number came"]);
  assert.deepEqual(said(audience, SECRET), [": must be one of team, all"]);
});

Deno.test("no code of an issue is left with the words of the library", () => {
  const theirs = /^(Invalid|Too|Unrecognized|Expected)/;
  for (const [schema, input] of CASES) {
    for (const line of said(z.object({ field: schema }), { field: input })) {
      assert.doesNotMatch(line.replace(/^\w+: /, ""), theirs);
    }
  }
});

import assert from "node:assert/strict";
import { isNestedTooDeep, MOST_NESTED, serialise } from "../../../lib/kernel/json.ts";

const nested = (levels: number, inside = "1") => "[".repeat(levels) + inside + "]".repeat(levels);

Deno.test("JSON is too deep from one level over the bound, whatever its strings hold", () => {
  const filler = `"${"x".repeat(1000)}"`;
  assert.equal(isNestedTooDeep(nested(MOST_NESTED, filler)), false);
  assert.equal(isNestedTooDeep(nested(MOST_NESTED + 1, filler)), true);
  assert.equal(isNestedTooDeep(`{"a":${nested(MOST_NESTED)}}`), true);
  const brackets = JSON.stringify({ text: '[{"\\\\'.repeat(1000), more: '\\"' });
  assert.equal(isNestedTooDeep(brackets), false, "a bracket in a string is none");
  assert.equal(
    isNestedTooDeep(`[${nested(3).concat(",").repeat(500)}1]`),
    false,
    "what is side by side is not deep",
  );
  assert.equal(isNestedTooDeep(`"${"[".repeat(1000)}`), false, "a string that never ends");
  assert.equal(isNestedTooDeep("[".repeat(1000)), true, "broken, and deep before it breaks");
});

Deno.test("serialise refuses what is nested too deep, by its name", () => {
  assert.equal(serialise(JSON.parse(nested(MOST_NESTED)), "The result").length, 2 * MOST_NESTED + 1);
  for (const levels of [MOST_NESTED + 1, 3000]) {
    assert.throws(
      () => serialise(JSON.parse(nested(levels)), "The result"),
      /^AppError: The result (is nested|can't be written)/,
    );
  }
});

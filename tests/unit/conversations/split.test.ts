import assert from "node:assert/strict";
import fc from "fast-check";
import { splitText } from "../../../lib/conversations/split.ts";

Deno.test("splitText keeps every word, in parts of at most the limit, and never cuts a character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 400 }),
      fc.integer({ min: 8, max: 60 }),
      (text, max) => {
        const parts = splitText(text, max);
        assert.ok(parts.every((part) => part.length <= max && part.isWellFormed()));
        assert.equal(parts.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
      },
    ),
  );
});

Deno.test("splitText cuts between paragraphs before lines, sentences and words", () => {
  assert.deepEqual(splitText("Primer punto.\n\nSegundo\npunto.", 20), ["Primer punto.", "Segundo\npunto."]);
  assert.deepEqual(splitText("Primera frase. Segunda frase", 20), ["Primera frase.", "Segunda frase"]);
  assert.deepEqual(splitText("palabras sin puntos y comas", 20), ["palabras sin puntos", "y comas"]);
  assert.deepEqual(splitText("a".repeat(45), 20).map(({ length }) => length), [20, 20, 5]);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anyOf,
  distance,
  fingerprintOf,
  fold,
  guessLocale,
  searchForm,
  sentences,
  soundOf,
  stem,
  termsOf,
  termTokens,
  toLocale,
  words,
  wordWeight,
} from "../../../lib/knowledge/text/mod.ts";

Deno.test("fold takes case and diacritics away, ñ included", () => {
  assert.equal(fold("¿Mañana ABRIRÁN el Güero y la Cigüeña?"), "¿manana abriran el guero y la ciguena?");
});

Deno.test("words leaves punctuation, emoji and greetings out and joins English contractions", () => {
  assert.deepEqual(words("¡Buenos días! What's the price, 😀 24/7?"), ["what", "the", "price", "24", "7"]);
});

Deno.test("words cuts a word of a thousand letters", () => {
  assert.deepEqual(words("a".repeat(1000)).map((word) => word.length), [40]);
});

for (
  const [locale, ...forms] of [
    ["es", "instalacion", "instalaciones", "instalar", "instalan"],
    ["es", "garantia", "garantias"],
    ["es", "dia", "dias"],
    ["es", "reparacion", "reparar"],
    ["en", "installing", "installation", "installed"],
    ["en", "warranty", "warranties"],
  ] as const
) {
  Deno.test(`stem brings ${forms.join(", ")} together`, () => {
    assert.equal(new Set(forms.map((form) => stem(form, locale))).size, 1);
  });
}

Deno.test("stem leaves numbers and model names alone", () => {
  assert.deepEqual(["r410a", "2026", "ok"].map((word) => stem(word, "es")), ["r410a", "2026", "ok"]);
});

for (
  const [text, locale] of [
    ["cuanto cuesta la instalacion", "es"],
    ["hola", "es"],
    ["necesito una cita para mañana", "es"],
    ["precio", "es"],
    ["garantía?", "es"],
    ["how much is the installation", "en"],
    ["hello", "en"],
    ["opening hours", "en"],
    ["can I pay by card", "en"],
    ["R410A", null],
    ["👍", null],
    ["", null],
  ] as const
) {
  Deno.test(`guessLocale takes ${JSON.stringify(text)} for ${locale}`, () =>
    assert.equal(guessLocale(text), locale));
}

Deno.test("toLocale reads language tags and refuses others", () => {
  assert.deepEqual(["es-MX", "EN", "en_US", "fr", "", null].map(toLocale), [
    "es",
    "en",
    "en",
    null,
    null,
    null,
  ]);
});

Deno.test("soundOf makes what Spanish speakers mix up the same", () => {
  for (
    const [a, b] of [["vamos", "bamos"], ["instalasion", "instalacion"], ["horario", "orario"], [
      "llave",
      "yave",
    ]] as const
  ) {
    assert.equal(soundOf(a), soundOf(b));
  }
});

Deno.test("distance counts a swap of neighbours as one edit and gives up past its limit", () => {
  assert.equal(distance("garanita", "garantia", 2), 1);
  assert.equal(distance("horairo", "horario", 1), 1);
  assert.equal(distance("precio", "garantia", 2), 3);
});

Deno.test("wordWeight counts noise nothing, question words little, content fully", () => {
  assert.equal(wordWeight("por"), 0);
  assert.equal(wordWeight("garantia"), 1);
  assert.ok(wordWeight("cuando") > 0 && wordWeight("cuando") < 1);
});

Deno.test("searchForm holds stems and concepts, so other words for the same matter meet", () => {
  const tokens = new Set(searchForm("Precio de la instalación", "es").split(" "));
  assert.ok(tokens.has(stem("instalaciones", "es")));
  assert.ok(
    searchForm("How much do you charge?", "en").split(" ").some((token) =>
      token.startsWith("c_") && tokens.has(token)
    ),
  );
});

const searchOf = (text: string) => anyOf(termsOf(text).flatMap(termTokens));

Deno.test("a search is null when there is nothing to look for", () => {
  for (const text of ["", "   ", "😀😀", '"*()', "hola", "\u0000"]) assert.equal(searchOf(text), null);
});

Deno.test("a search quotes every token of any text, so that nothing reaches the syntax", () => {
  const shape = /^"[\p{L}\p{N}_]+"(?: OR "[\p{L}\p{N}_]+")*$/u;
  const risky = fc.constantFrom(
    '"',
    "*",
    "(",
    ")",
    "NEAR",
    "AND",
    "NOT",
    "^",
    ":",
    "{",
    "}",
    "-",
    "\u0000",
    "\ud800",
    "😀",
    "gas",
    "título ",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(risky).map((parts) => parts.join("")),
      ),
      (text) => {
        const query = searchOf(text);
        assert.ok(query === null || shape.test(query), String(query));
      },
    ),
  );
});

Deno.test("fingerprintOf is the same for another order, case, accent and inflection", () => {
  assert.equal(fingerprintOf("¿Rentan aires acondicionados?"), fingerprintOf("aire acondicionado RENTAN"));
  assert.notEqual(fingerprintOf("¿Rentan aires?"), fingerprintOf("¿Venden aires?"));
  assert.equal(fingerprintOf("😀"), "");
});

Deno.test("sentences end at stops and line breaks, not at abbreviations", () => {
  assert.deepEqual(sentences("Estamos en Av. Juárez 12. Abrimos a las 9. ¿Algo más?\nLlame al Sr. López."), [
    "Estamos en Av. Juárez 12.",
    "Abrimos a las 9.",
    "¿Algo más?",
    "Llame al Sr. López.",
  ]);
});

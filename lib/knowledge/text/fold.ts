const MARKS = /\p{M}+/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const CONTRACTION = /(\p{L})['’´`](s|re|ve|ll|d|m|t)(?!\p{L})/gu;
const GREETING =
  /\b(?:(?:muy )?buen[oa]?s? (?:dias?|tardes?|noches?)|good (?:morning|afternoon|evening|day))\b/g;
const LONGEST = 40;

/**
 * Lower case without diacritics, so that "Instalación" and "instalacion" are one. ñ becomes n on purpose:
 * customers type "manana" and "ano" on keyboards without it. Quotes always come from the unfolded text.
 */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase().replaceAll("ß", "ss");
}

/** The folded words of a text, in order. A word is letters and digits; one of a thousand letters is cut at 40. */
export function words(text: string): string[] {
  const found = fold(text).replace(CONTRACTION, "$1").replace(GREETING, " ").match(WORD) ?? [];
  return found.map((word) => word.length > LONGEST ? word.slice(0, LONGEST).toWellFormed() : word);
}

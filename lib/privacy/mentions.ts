/** What is shorter names too many. */
const LEAST = { digits: 7, word: 5 } as const;
const NUMBER = /\+?\d(?:[\s().\-/]{0,2}\d){6,24}/g;

/**
 * Pure: whether a text names one of these addresses. Numbers stand with their country or without it and however they
 * are grouped; a mail address or a user name stands alone, not within another.
 */
export function mentioner(addresses: readonly string[]): (text: string) => boolean {
  const isNumber = (one: string) => /^\+?\d+$/.test(one);
  const numbers = addresses.filter(isNumber).map((one) => one.replace("+", ""))
    .filter(({ length }) => length >= LEAST.digits);
  const words = addresses.filter((one) => !isNumber(one) && one.length >= LEAST.word);
  const named = words.length === 0 ? null : new RegExp(
    `(?<![\\p{L}\\p{N}._%+-])(?:${words.map(RegExp.escape).join("|")})(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`,
    "iu",
  );
  return (text) => (named?.test(text) ?? false) || (numbers.length > 0 && numbersIn(text).some(isOne));

  function isOne(found: string): boolean {
    return numbers.some((one) => one.endsWith(found) || found.endsWith(one));
  }
}

function numbersIn(text: string): string[] {
  return [...text.matchAll(NUMBER)].map(([number]) => number.replaceAll(/\D/g, ""));
}

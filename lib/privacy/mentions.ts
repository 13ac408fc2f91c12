/** What is shorter names too many; `within`: behind other digits, which may be no part of it. */
const LEAST = { digits: 7, within: 8, word: 5 } as const;
const GAP = "[\\s().\\-/]{0,2}";

/**
 * Pure: whether a text names one of these addresses. Numbers stand with their country or without it and however they
 * are grouped, beside others too; a mail address or a user name stands alone, not within another.
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
  const called = numbers.length === 0
    ? null
    : new RegExp(`(?:${[...new Set(numbers)].map(spoken).join("|")})(?!\\d)`);
  return (text) => (named?.test(text) ?? false) || (called?.test(text) ?? false);
}

/** All of a number, or its end: from where digits begin, and not behind the code of another country. */
function spoken(number: string): string {
  const grouped = (digits: string) => [...digits].join(GAP);
  const country = [...number.slice(0, -LEAST.within)].reduce(
    (before, digit) => `(?:${before}${digit}${GAP})?`,
    "",
  );
  const national = `(?<!\\d|\\+\\d{1,3}${GAP})(?:0${GAP})?${country}${grouped(number.slice(-LEAST.within))}`;
  const local = `(?<!\\d${GAP})${grouped(number.slice(-LEAST.digits))}`;
  return [grouped(number), national, local].join("|");
}

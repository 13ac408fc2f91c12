const ABBREVIATION =
  /(?:^|\s)(?:sr|sra|dr|dra|av|col|no|núm|tel|ing|lic|st|mr|mrs|ms|vs|etc|p\. ?ej|e\.g|i\.e|[A-Z])\.$/i;
const BREAK = /(?<=[.!?…])\s+(?=["«¿¡(\p{Lu}\p{N}])|\n+/gu;

/** The sentences of a text, in order; a line break ends one, an abbreviation does not. */
export function sentences(text: string): string[] {
  const out: string[] = [];
  for (const piece of text.split(BREAK)) {
    const last = out.at(-1);
    if (last !== undefined && ABBREVIATION.test(last)) out[out.length - 1] = `${last} ${piece.trim()}`;
    else if (piece.trim() !== "") out.push(piece.trim());
  }
  return out;
}

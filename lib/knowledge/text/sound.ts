const RULES: readonly (readonly [RegExp, string])[] = [
  [/ch/g, "x"],
  [/h/g, ""],
  [/v/g, "b"],
  [/qu/g, "k"],
  [/c(?=[ei])/g, "s"],
  [/[cq]/g, "k"],
  [/z/g, "s"],
  [/g(?=[ei])/g, "j"],
  [/ll/g, "y"],
  [/(.)\1+/g, "$1"],
];

/** How a Spanish speaker hears a folded word: "garantia" and "garamtia" stay apart, "instalasion" and "instalacion" meet. */
export function soundOf(word: string): string {
  return RULES.reduce((sound, [pattern, by]) => sound.replace(pattern, by), word);
}

/** Edits (insert, delete, change, swap of neighbours) between two short words, or `most + 1` when there are more. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return most + 1;
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? most + 1;
}

/** The edits that a word of this length may have and still be taken for another; short words must be exact. */
export function allowedEdits(length: number): number {
  return length < 5 ? 0 : length < 8 ? 1 : 2;
}

/** Where a long text may be cut, the best first; each ends the earlier part. */
const BOUNDARIES = [/\n\s*\n/g, /\n/g, /[.!?…]["»)\]]?\s/g, /[,;:]\s/g, /\s/g] as const;

/**
 * Cuts a text into parts of at most `max` UTF-16 units: between paragraphs, else lines, sentences, words; in the
 * middle of a word only when nothing else is there, and never within a character.
 */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > max) {
    const at = cutBefore(rest, max);
    parts.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== "" || parts.length === 0) parts.push(rest);
  return parts.filter((part, at) => part !== "" || at === 0);
}

function cutBefore(text: string, max: number): number {
  const head = text.slice(0, max + 1);
  for (const boundary of BOUNDARIES) {
    const last = [...head.matchAll(boundary)].at(-1);
    const end = last === undefined ? 0 : last.index + last[0].length;
    // A part of less than half would make more of them than are needed.
    if (end > max / 2) return Math.min(end, max);
  }
  const pair = /[\uD800-\uDBFF]/.test(text.charAt(max - 1));
  return pair ? max - 1 : max;
}

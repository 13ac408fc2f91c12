const LINE = /^(Fuentes?|Sources?): (.+)$/;

/** The text of an answer without its closing lines of sources, where a page shows these by themselves. */
export function textWithoutSources({ text, sources }) {
  const titles = new Set(sources.map(({ title }) => title));
  const lines = text.split("\n");
  while (lines.length > 0) {
    const last = lines.at(-1).trim();
    const named = LINE.exec(last)?.[2];
    if (last !== "" && (named === undefined || !titles.has(named))) break;
    lines.pop();
  }
  return lines.length === 0 ? text : lines.join("\n");
}

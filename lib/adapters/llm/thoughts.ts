const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * Takes the thoughts that some local models write before their answer out of it, piece by piece. Only at the
 * very beginning: later the tag is a text like any other.
 */
export function createThoughtFilter(): (piece: string) => string {
  let state: "start" | "thinking" | "answer" = "start";
  let held = "";
  return (piece) => {
    if (state === "answer") return piece;
    held += piece;
    if (state === "start") {
      const begun = held.trimStart();
      if (begun.length < OPEN.length && OPEN.startsWith(begun)) return "";
      state = begun.startsWith(OPEN) ? "thinking" : "answer";
      if (state === "answer") return held;
    }
    const end = held.indexOf(CLOSE);
    if (end < 0) return "";
    state = "answer";
    return held.slice(end + CLOSE.length).trimStart();
  };
}

export function withoutThoughts(text: string): string {
  return /^\s*<think>/.test(text) ? createThoughtFilter()(text) : text;
}

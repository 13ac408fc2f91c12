/** The third argument of a table. */
const INDEXES = /^\}, \(\w+\) => \[\n[\s\S]*?^\]\);$/gm;
const REFERENCE = /\.references\(\(\) => [\w.]+(?:, \{[^}]*\})?\)/g;

/** A module of the schema without what only migrations ask: they are made and applied elsewhere. */
export function dropIndexes(module: string): string {
  return module.replace(INDEXES, "});").replace(REFERENCE, "").replaceAll(".$type()", "");
}

/** The third argument of a table, what it is made with, and the columns that it points to. */
const INDEXES = /^\}, \(\w+\) => \[\n[\s\S]*?^\]\);$/gm;
const REFERENCE = /\.references\(\(\) => [\w.]+(?:, \{[^}]*\})?\)/g;

/** A module of the schema without what only migrations ask: they are made and applied elsewhere. */
export function dropIndexes(module: string): string {
  return module.replace(INDEXES, "});").replace(REFERENCE, "").replaceAll(".$type()", "");
}

import type { FunctionFacts } from "../kernel/define-function.ts";

/** The functions that tasks may call in this installation. How they run is known to workers only. */
export interface FunctionCatalogue {
  find(name: string): FunctionFacts | undefined;
  /** In alphabetical order. */
  readonly all: readonly FunctionFacts[];
}

/** Throws when two functions claim one name. */
export function catalogueOf(functions: readonly FunctionFacts[]): FunctionCatalogue {
  const byName = new Map<string, FunctionFacts>();
  for (const one of functions) {
    if (byName.has(one.name)) throw new Error(`Two functions are named "${one.name}"`);
    byName.set(one.name, one);
  }
  const all = [...functions].sort((a, b) => a.name < b.name ? -1 : 1);
  return { find: (name) => byName.get(name), all };
}

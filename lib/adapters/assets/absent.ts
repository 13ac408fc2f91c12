import { notAtTheEdge } from "../../kernel/errors.ts";
import type { Assets } from "../../ports/assets.ts";

/** The pages where there is no disk. */
export function createAbsentAssets(): Assets {
  const instead = "serve the pages from a machine with a disk (deno task start) on the same database";
  return { get: () => Promise.reject(notAtTheEdge("The folder of pages", instead)) };
}

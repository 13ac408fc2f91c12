import type { z } from "@hono/zod-openapi";
import type { Scope } from "../lib/kernel/scopes.ts";
import { contract, jsonAnswer, pageOf, pageQuery } from "./router.ts";

interface ListInput<P extends string, S extends z.ZodType, Q extends z.core.$ZodLooseShape> {
  readonly path: P;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly scope: Scope;
  /** What it filters by, beside `limit` and `cursor`. */
  readonly query: Q;
  readonly item: S;
  /** Describes the answer. */
  readonly page: string;
}

/** The contract of a list of a workspace: `?limit=&cursor=` and its filters give `{ data, next_cursor }`. */
export function listContract<const P extends string, S extends z.ZodType, Q extends z.core.$ZodLooseShape>(
  { query, item, page, ...route }: ListInput<P, S, Q>,
) {
  return contract({
    method: "get",
    ...route,
    request: { query: pageQuery.extend(query) },
    responses: { 200: jsonAnswer(pageOf(item), page) },
  });
}

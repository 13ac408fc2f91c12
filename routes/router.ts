import { createRoute, OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { requireScope, requireSignedIn } from "../lib/kernel/actors.ts";
import { type ErrorCode, ERRORS } from "../lib/kernel/errors.ts";
import { DEFAULT_LIMIT, MAX_LIMIT } from "../lib/kernel/page.ts";
import type { Scope } from "../lib/kernel/scopes.ts";
import type { AppEnv } from "./env.ts";
import type { GatedPaths } from "./gated-paths.ts";
import { takeNothingAsNoBody } from "./middleware/body.ts";

export type Router = OpenAPIHono<AppEnv>;

interface RouterOptions {
  readonly getPath?: (request: Request) => string;
  readonly router?: GatedPaths;
}

/** Every router comes from here, because Hono's defaultHook is not inherited by sub-apps. */
export function createRouter(options: RouterOptions = {}): Router {
  return new OpenAPIHono<AppEnv>({
    ...options,
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
}

const problemSchema = z.object({
  type: z.string().openapi({ example: "/docs/errors#not_found" }),
  title: z.string().openapi({ example: "Not found" }),
  status: z.number().int().openapi({ example: 404 }),
  detail: z.string().openapi({ example: 'There is no conversation with the id "cnv_01k" in this workspace' }),
  code: z.string().openapi({ example: "not_found" }),
  request_id: z.string().openapi({ example: "req_01kabcdefghjkmnpqrstvwxyz0" }),
  errors: z.array(z.object({
    path: z.string().openapi({ example: "contact.name" }),
    message: z.string().openapi({ example: "Too long" }),
  })).optional(),
}).openapi("Problem");

const PROBLEM = { "application/problem+json": { schema: problemSchema } } as const;

interface ProblemAnswer {
  readonly description: string;
  readonly content: typeof PROBLEM;
}

/** The documented answers of error codes, to spread into a contract's `responses`. */
export function problems(...codes: ErrorCode[]): Record<number, ProblemAnswer> {
  const answers: Record<number, ProblemAnswer> = {};
  for (const code of codes) {
    const { status, title } = ERRORS[code];
    const known = answers[status]?.description;
    answers[status] = {
      description: known === undefined ? `${title} (\`${code}\`)` : `${known}; ${title} (\`${code}\`)`,
      content: PROBLEM,
    };
  }
  return answers;
}

/** A domain's schema for a contract: one that was made before the document's library was loaded can't `.openapi()`. */
export function documented<S extends z.ZodType>(schema: S): S {
  return schema.clone();
}

/** A required JSON body. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** A JSON answer. */
export function jsonAnswer<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { "application/json": { schema } } } as const;
}

/** A list answer: `{ data, next_cursor }`. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().openapi({
      example: null,
      description: "Give it as `cursor` for the next page",
    }),
  });
}

/**
 * A named schema or null. `.nullable()` would write the null into the component itself, for everybody who refers
 * to it.
 */
export function orNull<S extends z.ZodType>(schema: S) {
  return z.union([schema, z.null()]);
}

/** `?limit=&cursor=` of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).openapi({
    example: DEFAULT_LIMIT,
    description: "1 to 200",
  }),
  cursor: z.string().max(500).optional().openapi({
    example: "WyJ0a3RfMDFrYWJjZGVmZ2hqa21ucHFyc3R2d3h5ejAiXQ",
    description: "`next_cursor` of the page before",
  }),
});

/** `{id}` of a path. */
export const idParam = z.object({
  id: z.string().min(1).max(64).openapi({
    param: { name: "id", in: "path" },
    example: "cnv_01kabcdefghjkmnpqrstvwxyz0",
  }),
});

/** `{token}` of a path: a secret link, or what is sealed in one. */
export const tokenParam = (example: string, most = 200) =>
  z.object({ token: z.string().min(1).max(most).openapi({ param: { name: "token", in: "path" }, example }) });

/** "signed_in": any actor but the anonymous one; the verb says which. */
type RouteScope = Scope | "signed_in";

const guards = new Map<RouteScope, ReturnType<typeof scopeGuard>>();

function scopeGuard(scope: RouteScope) {
  // Not async: a promise more for nearly every route.
  return createMiddleware<AppEnv>(function scopeGuard(c, next) {
    const ctx = c.get("ctx");
    if (scope === "signed_in") requireSignedIn(ctx);
    else requireScope(ctx, scope);
    return next();
  });
}

function guardFor(scope: RouteScope) {
  let guard = guards.get(scope);
  if (guard === undefined) guards.set(scope, guard = scopeGuard(scope));
  return guard;
}

type ContractInput<P extends string> = Omit<RouteConfig, "path" | "middleware" | "security"> & {
  readonly path: P;
  readonly operationId: string;
  readonly scope: RouteScope | null;
};

/**
 * A contract: zod-openapi's createRoute with the scope that the route needs (checked before the input is
 * validated), the problems that every such route may answer, and `security`. `scope: null` is a public route.
 */
export function contract<P extends string, const R extends ContractInput<P>>(
  route: R,
): ReturnType<typeof createRoute<P, R>> {
  const { scope, ...rest } = route;
  const common = scope === null ? COMMON.open : COMMON.guarded;
  // Where there is no input to validate first, the verb's own refusal is enough and saves a layer.
  const bare = scope === "signed_in" && rest.method === "get" && rest.request === undefined;
  const layers = [
    ...(scope === null || bare ? [] : [guardFor(scope)]),
    ...(hasOptionalBody(rest) ? [takeNothingAsNoBody] : []),
  ];
  const guarded = {
    ...(scope === null ? {} : { security: SECURITY }),
    ...(layers.length === 0 ? {} : { middleware: layers }),
  };
  return createRoute(typed<R>({ ...rest, ...guarded, responses: { ...common, ...rest.responses } }));
}

function hasOptionalBody({ request }: { readonly request?: RouteConfig["request"] | undefined }): boolean {
  return request?.body !== undefined && request.body.required !== true;
}

const COMMON = {
  open: problems("bad_request", "validation_failed", "rate_limited"),
  guarded: problems("bad_request", "unauthorized", "forbidden", "validation_failed", "rate_limited"),
} as const;
const SECURITY = [{ bearer: [] }, { api_key: [] }];

/** Handlers see the contract as it was written; the added guards and problems do not change its types. */
function typed<R>(route: unknown): R {
  return route as R;
}

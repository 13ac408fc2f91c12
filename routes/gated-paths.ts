import type { Context, Handler, MiddlewareHandler } from "hono";
import type { Params, Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";
import type { RouterRoute } from "hono/types";
import { AppError } from "../lib/kernel/errors.ts";
import type { AppEnv } from "./env.ts";

type Entry = [Handler | MiddlewareHandler, RouterRoute];
/** As Hono's handlers answer: nothing is said where the context holds the answer. */
export type Answer = Response | void | Promise<Response | void>;

/** What answers the paths of one pattern. */
export interface Route {
  /** The pattern, `/api/conversations/{id}`, so that log lines can be counted by it; `none`: there is no such path. */
  readonly name: string;
  /** Guards, validators and handler, in the order of the contract. */
  run(c: Context<AppEnv>): Answer;
}

/** What stands before each route: it lets the route run, or answers itself. */
export type Gate = (c: Context<AppEnv>, route: Route) => Response | Promise<Response>;

const PATTERN = /[:*?{]/;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const NONE: Route = { name: "none", run: (c) => c.notFound() };

/**
 * Hono's router for every kind of pattern, which gives Hono one handler a request: the gate, with the route behind it.
 * So Hono calls it as it is, without its composer (2 us of a request). Fixed paths are searched for once, which is a
 * tenth of what the gate costs.
 */
export class GatedPaths implements Router<Entry> {
  readonly name = "GatedPaths";
  readonly #patterns = new TrieRouter<Entry>();
  readonly #fixed = new Set<string>();
  readonly #gate: Gate;
  /** By method and path: what fixed paths lead to. At most as many as there are; callers may write any. */
  readonly #known = new Map<string, Map<string, Result<Entry>>>();
  /** By method and pattern. */
  readonly #gated = new Map<string, Entry>();
  readonly #none: Entry;

  constructor(gate: Gate) {
    this.#gate = gate;
    this.#none = this.#behindGate(NONE, { basePath: "/", path: "*", method: "ALL", handler: () => {} });
  }

  add(method: string, path: string, entry: Entry): void {
    this.#patterns.add(method, path, entry);
    if (!PATTERN.test(path)) this.#fixed.add(path);
    this.#known.clear();
    this.#gated.clear();
  }

  match(method: string, path: string): Result<Entry> {
    const known = this.#known.get(method)?.get(path);
    if (known !== undefined) return known;
    const found = byName(this.#patterns.match(method, path));
    const [first] = found;
    if (first === undefined) return [[[this.#nothingFor(method, path), {}]]];
    const [[, route], params] = first;
    const result: Result<Entry> = [[[this.#gatedOf(route, { method, found }), params]]];
    if (this.#fixed.has(path) && METHODS.has(method)) this.#keep(result, { method, path });
    return result;
  }

  /** The first pattern that matches is the one that answers: no route hands on to one behind it. */
  #gatedOf(
    route: RouterRoute,
    { method, found }: { method: string; found: readonly [Entry, Params][] },
  ): Entry {
    const { path } = route;
    const key = `${method} ${path}`;
    let gated = this.#gated.get(key);
    if (gated !== undefined) return gated;
    const steps = found.filter(([[, other]]) => other.path === path).map(([[handler]]) => handler);
    gated = this.#behindGate({ name: nameOf(path), run: chain(steps) }, route);
    if (METHODS.has(method)) this.#gated.set(key, gated);
    return gated;
  }

  /** Looked for once nothing was found, so that what is found pays nothing for it. */
  #nothingFor(method: string, path: string): Entry {
    const others = [...METHODS].flatMap((other) => {
      const [found] = byName(this.#patterns.match(other, path));
      return found === undefined ? [] : [{ method: other, route: found[0][1] }];
    });
    const [first] = others;
    if (first === undefined) return this.#none;
    const allow = others.flatMap((other) => other.method === "GET" ? ["GET", "HEAD"] : [other.method]);
    const run = method === "OPTIONS" ? optionsOf(allow) : refusalOf(allow);
    return this.#behindGate({ name: nameOf(first.route.path), run }, first.route);
  }

  #behindGate(behind: Route, route: RouterRoute): Entry {
    return [(c: Context<AppEnv>) => this.#gate(c, behind), route];
  }

  #keep(result: Result<Entry>, { method, path }: { method: string; path: string }): void {
    let byPath = this.#known.get(method);
    if (byPath === undefined) this.#known.set(method, byPath = new Map());
    byPath.set(path, result);
  }
}

/** RFC 9110, 15.5.6: 405 names what there is. It tells of paths no more than the public /openapi.json does. */
function refusalOf(allow: readonly string[]): Route["run"] {
  return (c) => {
    const detail = `There is no ${c.req.method} ${c.req.path}; it takes ${allow.join(", ")}`;
    throw new AppError("method_not_allowed", detail, { extra: { allow } });
  };
}

/** RFC 9110, 9.3.7: what may be asked of a path. Preflights never come here. */
function optionsOf(allow: readonly string[]): Route["run"] {
  return (c) => c.body(null, 204, { allow: [...allow, "OPTIONS"].join(", ") });
}

/** What Hono's composer does, for the few steps that a route has. Errors pass: the gate answers them. */
function chain(steps: readonly Entry[0][]): Route["run"] {
  const from = (c: Context<AppEnv>, at: number): Answer => {
    const handler = steps[at];
    if (handler === undefined) throw new Error("The last handler of a route has to answer");
    return handler(c, async () => {
      const answer = await from(c, at + 1);
      if (answer !== undefined) c.res = answer;
    });
  };
  return (c) => from(c, 0);
}

function nameOf(path: string): string {
  return path.endsWith("*") ? "none" : path.replace(/:([a-z_]+)(\{[^}]*\})?/g, "{$1}");
}

/** The trie names its parameters; other routers number them. */
function byName([found]: Result<Entry>): [Entry, Params][] {
  return found as [Entry, Params][];
}

import type { Harness } from "../support/harness.ts";

/** What of an OpenAPI schema is used here. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly in: string;
  readonly name: string;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  /** `GET /api/...`. */
  readonly name: string;
  readonly guarded: boolean;
  readonly query: readonly string[];
  readonly parameters: readonly string[];
  /** A JSON body as the document's examples make it; undefined where none is taken. */
  readonly sample: unknown;
  readonly bodySchema: Schema | null;
  readonly bodyRequired: boolean;
}

/** Every route that `/openapi.json` lists. */
export async function routesOf(h: Harness): Promise<Route[]> {
  const { body: document } = await h.request("GET", "/openapi.json");
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : schema.$ref.split("/").slice(1).reduce((at, key) => Reflect.get(at, key), document);

  const sampleOf = (given: Schema): unknown => {
    const schema = resolve(given);
    if (schema.example !== undefined) return schema.example;
    if (schema.examples !== undefined) return schema.examples[0];
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return schema.enum[0];
    const parts = schema.allOf ?? [];
    if (parts.length > 0) return Object.assign({}, ...parts.map(sampleOf));
    const [choice] = schema.anyOf ?? schema.oneOf ?? [];
    if (choice !== undefined) return sampleOf(choice);
    if (schema.properties !== undefined) {
      return Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [name, sampleOf(property)]),
      );
    }
    if (schema.type === "array") return [];
    if (schema.type === "boolean") return true;
    if (schema.type === "integer" || schema.type === "number") return 1;
    return schema.type === "object" ? {} : "text";
  };

  const routes: Route[] = [];
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const bodySchema = operation.requestBody?.content["application/json"]?.schema ?? null;
      const parameters = operation.parameters ?? [];
      routes.push({
        method: method.toUpperCase(),
        path,
        name: `${method.toUpperCase()} ${path}`,
        guarded: operation.security !== undefined && operation.security.length > 0,
        query: parameters.filter((one) => one.in === "query").map(({ name }) => name),
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name),
        sample: bodySchema === null ? undefined : sampleOf(bodySchema),
        bodySchema: bodySchema === null ? null : resolve(bodySchema),
        bodyRequired: operation.requestBody?.required === true,
      });
    }
  }
  return routes;
}

interface Operation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

/** The path with its parameters filled in. */
export function fill({ path }: Route, value: (parameter: string) => string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)));
}

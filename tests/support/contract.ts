/** What of an OpenAPI document is read here. */
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly schema?: Schema;
    readonly example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/**
 * Fields and parameters that nothing shows an example of: neither they themselves, nor the values that they are one
 * of, nor the example of what they stand in.
 */
export function withoutExample(document: Contract): string[] {
  const missing = new Set<string>();
  const done = new Set<Schema>();
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : schema.$ref.split("/").slice(1).reduce(
      (at, key) => Reflect.get(at, key),
      document,
    ) as unknown as Schema;

  const parts = (schema: Schema) => [...schema.allOf ?? [], ...schema.anyOf ?? [], ...schema.oneOf ?? []];
  const exampleOf = (schema: Schema): unknown => schema.example ?? schema.examples?.[0];
  const speaks = (given: Schema): boolean => {
    const schema = resolve(given);
    const told = [given, schema].some((one) => "example" in one || "examples" in one || "const" in one);
    const choices = parts(schema);
    return told || schema.enum !== undefined || schema.type === "null" ||
      (choices.length > 0 && choices.every(speaks));
  };
  const isWhole = (given: Schema): boolean => {
    const schema = resolve(given);
    return schema.properties !== undefined || (schema.items !== undefined && isWhole(schema.items)) ||
      parts(schema).some(isWhole);
  };

  /** `shown`: examples of what it stands in, as far as they have it. */
  function walk(given: Schema, at: string, shown: readonly unknown[]): void {
    const schema = resolve(given);
    const name = given.$ref?.split("/").at(-1) ?? at;
    if (given.$ref !== undefined && shown.length === 0) {
      if (done.has(schema)) return;
      done.add(schema);
    }
    const own = exampleOf(given) ?? exampleOf(schema);
    const here = own === undefined ? shown : [own, ...shown];
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      const inside = here.flatMap((one) =>
        typeof one === "object" && one !== null && Object.hasOwn(one, key) ? [Reflect.get(one, key)] : []
      );
      if (inside.length === 0 && !speaks(field) && !isWhole(field)) missing.add(`${name}.${key}`);
      if (field.$ref === undefined || inside.length === 0) walk(field, `${name}.${key}`, inside);
    }
    for (const one of parts(schema)) walk(one, name, here);
    if (schema.items !== undefined) {
      walk(schema.items, `${name}[]`, here.flatMap((one) => Array.isArray(one) ? one : []));
    }
  }

  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(operations)) {
      const route = `${method.toUpperCase()} ${path}`;
      for (const { name, schema = {}, example } of parameters) {
        if (example === undefined && !speaks(schema)) missing.add(`${route} ?${name}`);
      }
      for (const content of [requestBody?.content, ...Object.values(responses).map((one) => one.content)]) {
        for (const { schema } of Object.values(content ?? {})) walk(schema, route, []);
      }
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) walk(schema, name, []);
  return [...missing].sort();
}

import { parseArgs } from "node:util";
import { z, type ZodObject } from "zod";
import { AppError, invalid } from "../lib/kernel/errors.ts";

export interface Flag {
  /** Dotted for a nested field: `contact.name`. On the command line dashes stand for underscores. */
  readonly path: string;
  readonly type: "string" | "number" | "integer" | "boolean" | "json";
  readonly list: boolean;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
}

/** The flags that a tool's input schema asks for. */
export function flagsOf(schema: ZodObject): Flag[] {
  return fromObject(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, "", true);
}

function fromObject(schema: JsonSchema, prefix: string, required: boolean): Flag[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const needed = required && (schema.required ?? []).includes(name);
    return fromProperty(property, { path: `${prefix}${name}`, required: needed });
  });
}

function fromProperty(schema: JsonSchema, { path, required }: { path: string; required: boolean }): Flag[] {
  const plain = schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
  if (plain.type === "object" && plain.properties !== undefined) {
    return fromObject(plain, `${path}.`, required);
  }
  const list = plain.type === "array";
  const item = list ? plain.items ?? {} : plain;
  const known = ["string", "number", "integer", "boolean"] as const;
  const type = known.find((one) => one === item.type) ?? "json";
  const choices = (item.enum ?? []).map(String);
  return [{ path, type, list, required, choices, description: schema.description ?? "" }];
}

const dashed = (path: string) => path.replaceAll("_", "-");

/** Reads `args` by the flags into an input object. Throws 422 that names the flag. */
export function readFlags(flags: readonly Flag[], args: readonly string[]): Record<string, unknown> {
  const options = Object.fromEntries(flags.map((flag) => [
    dashed(flag.path),
    flag.type === "boolean" && !flag.list
      ? { type: "boolean" as const }
      : { type: "string" as const, multiple: flag.list },
  ]));
  const input: Record<string, unknown> = {};
  const { values } = parse(args, options);
  for (const flag of flags) {
    const value = values[dashed(flag.path)];
    if (value === undefined) continue;
    const parts = flag.list && Array.isArray(value)
      ? value.flatMap((part) => convert(flag, String(part)))
      : null;
    put(
      input,
      flag.path.split("."),
      parts ?? (typeof value === "boolean" ? value : convert(flag, String(value))),
    );
  }
  const missing = flags.filter(({ path, required }) => required && valueAt(input, path) === undefined);
  if (missing.length > 0) {
    throw new AppError(
      "validation_failed",
      `Give ${missing.map(({ path }) => `--${dashed(path)}`).join(", ")}`,
    );
  }
  return input;
}

function parse(
  args: readonly string[],
  options: Record<string, { type: "string" | "boolean"; multiple?: boolean }>,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowNegative: true });
  } catch (cause) {
    throw new AppError("bad_request", cause instanceof Error ? cause.message : "The flags can't be read", {
      cause,
    });
  }
}

function convert({ type, path }: Flag, text: string): unknown {
  if (type === "string") return text;
  if (type === "boolean") return ["true", "1", "yes"].includes(text);
  if (type === "json") {
    try {
      return JSON.parse(text);
    } catch {
      throw invalid(`--${dashed(path)}`, "must be JSON");
    }
  }
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) {
    throw invalid(`--${dashed(path)}`, `must be a number, not "${text}"`);
  }
  return number;
}

function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) into[first] = value;
  else put((into[first] ??= {}) as Record<string, unknown>, rest, value);
}

function valueAt(from: Record<string, unknown>, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined,
    from,
  );
}

/** One line a flag, for help. */
export function flagHelp(flags: readonly Flag[]): string {
  return flags.map((flag) => {
    const value = flag.type === "boolean"
      ? ""
      : ` <${flag.choices.length > 0 ? flag.choices.join("|") : flag.type}>`;
    const head = `  --${dashed(flag.path)}${value}${flag.list ? " ..." : ""}`;
    return `${head.padEnd(36)} ${flag.required ? "(required) " : ""}${flag.description}`.trimEnd();
  }).join("\n");
}

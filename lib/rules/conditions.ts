import { z } from "zod";
import { fold } from "../knowledge/mod.ts";
import { fieldKind, type Group, groupOf } from "./catalogue.ts";

/** What is known of an occasion, by field; a field that is not known is null. */
export type Facts = Readonly<Record<string, unknown>>;

type Needs = "one" | "many" | "nothing";

interface Operator {
  /** What it is compared with. */
  readonly value: Needs;
  readonly test: (actual: unknown, value: unknown, of: readonly string[]) => boolean;
}

const words = (value: unknown) => fold(String(value ?? ""));
const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
const within = (value: unknown, values: unknown) => Array.isArray(values) && values.includes(value);
const has = (list: unknown, value: unknown) => Array.isArray(list) && list.includes(value);
const compare = (test: (a: number, b: number) => boolean) => (actual: unknown, value: unknown) =>
  typeof actual === "number" && typeof value === "number" && test(actual, value);
const rank = (test: (a: number, b: number) => boolean): Operator["test"] => (actual, value, of) => {
  const [a, b] = [of.indexOf(String(actual)), of.indexOf(String(value))];
  return a >= 0 && b >= 0 && test(a, b);
};

const EMPTY: Readonly<Record<string, Operator>> = {
  empty: { value: "nothing", test: isEmpty },
  not_empty: { value: "nothing", test: (actual) => !isEmpty(actual) },
};
const SAME: Readonly<Record<string, Operator>> = {
  is: { value: "one", test: (actual, value) => actual === value },
  is_not: { value: "one", test: (actual, value) => actual !== value },
  in: { value: "many", test: within },
  not_in: { value: "many", test: (actual, values) => !within(actual, values) },
};

/** What can be asked of a field, by its kind. Texts are compared without case and accents. */
export const OPERATORS: Readonly<Record<string, Readonly<Record<string, Operator>>>> = {
  text: {
    is: { value: "one", test: (actual, value) => words(actual) === words(value) },
    is_not: { value: "one", test: (actual, value) => words(actual) !== words(value) },
    contains: { value: "one", test: (actual, value) => words(actual).includes(words(value)) },
    not_contains: { value: "one", test: (actual, value) => !words(actual).includes(words(value)) },
    contains_any: {
      value: "many",
      test: (actual, values) =>
        Array.isArray(values) && values.some((value) => words(actual).includes(words(value))),
    },
    ...EMPTY,
  },
  id: { ...SAME, ...EMPTY },
  choice: { ...SAME, ...EMPTY },
  rank: {
    ...SAME,
    ...EMPTY,
    at_least: { value: "one", test: rank((a, b) => a >= b) },
    at_most: { value: "one", test: rank((a, b) => a <= b) },
  },
  number: {
    at_least: { value: "one", test: compare((a, b) => a >= b) },
    at_most: { value: "one", test: compare((a, b) => a <= b) },
    over: { value: "one", test: compare((a, b) => a > b) },
    under: { value: "one", test: compare((a, b) => a < b) },
  },
  /** Of any type. */
  custom: {
    ...SAME,
    contains: { value: "one", test: (actual, value) => words(actual).includes(words(value)) },
    has: { value: "one", test: has },
    at_least: { value: "one", test: compare((a, b) => a >= b) },
    at_most: { value: "one", test: compare((a, b) => a <= b) },
    ...EMPTY,
  },
  flag: { is: { value: "one", test: (actual, value) => actual === value } },
  list: {
    has: { value: "one", test: has },
    has_not: { value: "one", test: (list, value) => !has(list, value) },
    has_any: {
      value: "many",
      test: (list, values) => Array.isArray(values) && values.some((value) => has(list, value)),
    },
    ...EMPTY,
  },
};

const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);

const condition = z.strictObject({
  field: z.string().max(60).meta({ example: "ticket.priority" }),
  operator: z.string().max(30).meta({ example: "at_least" }),
  value: z.union([scalar, z.array(scalar).min(1).max(50)]).optional().meta({ example: "high" }),
});
export type Condition = z.output<typeof condition>;

export type Conditions =
  | Condition
  | { readonly all: readonly Conditions[] }
  | { readonly any: readonly Conditions[] };

const DEEPEST = 4;
const MOST = 50;

/** Groups within groups, `depth` of them at most. */
function tree(depth: number): z.ZodType<Conditions> {
  if (depth === 0) return condition;
  const list = z.array(tree(depth - 1)).max(MOST);
  return z.union([condition, z.strictObject({ all: list }), z.strictObject({ any: list })]);
}

/** A condition, or groups of which all or any have to be true. Nothing in `all`: always true. */
export const conditions = tree(DEEPEST).meta({
  example: { all: [{ field: "ticket.priority", operator: "at_least", value: "high" }] },
  description: "A condition, or {all: [...]} or {any: [...]} of conditions and such groups; GET " +
    "/api/rules/catalogue lists fields and operators",
});

export function holds(given: Conditions, facts: Facts): boolean {
  if ("all" in given) return given.all.every((one) => holds(one, facts));
  if ("any" in given) return given.any.some((one) => holds(one, facts));
  const kind = fieldKind(given.field);
  if (kind === null) return false;
  const operator = OPERATORS[kind.kind]?.[given.operator];
  return operator?.test(facts[given.field] ?? null, given.value, "of" in kind ? kind.of : []) ?? false;
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with conditions where only these groups are known. */
export function problemsOf(given: Conditions, groups: readonly Group[]): Problem[] {
  const key = "all" in given ? "all" : "any" in given ? "any" : null;
  if (key !== null) {
    const inner: readonly Conditions[] = Reflect.get(given, key);
    return inner.flatMap((one, at) =>
      problemsOf(one, groups).map(({ path, message }) => ({ path: [key, at, ...path], message }))
    );
  }
  return "field" in given ? problemOf(given, groups) : [];
}

function problemOf({ field, operator: name, value }: Condition, groups: readonly Group[]): Problem[] {
  const kind = fieldKind(field);
  if (kind === null) return [{ path: ["field"], message: "is no field that rules know" }];
  if (!groups.some((group) => group === groupOf(field))) {
    return [{ path: ["field"], message: `is not known here; what is: ${groups.join(", ")}` }];
  }
  const known = OPERATORS[kind.kind] ?? {};
  const operator = Object.hasOwn(known, name) ? known[name] : undefined;
  if (operator === undefined) {
    return [{ path: ["operator"], message: `must be one of ${Object.keys(known).join(", ")}` }];
  }
  const message = valueProblem(kind, { needs: operator.value, value });
  return message === null ? [] : [{ path: ["value"], message }];
}

interface Type {
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
}

const TEXT: Type = { name: "text", fits: (value) => typeof value === "string" };
/** Of the fields that are no words. */
const TYPES: Readonly<Record<string, Type>> = {
  number: { name: "number", fits: (value) => typeof value === "number" },
  flag: { name: "boolean", fits: (value) => typeof value === "boolean" },
  custom: { name: "text, a number or a boolean", fits: (value) => typeof value !== "object" },
};

function valueProblem(
  kind: NonNullable<ReturnType<typeof fieldKind>>,
  { needs, value }: { needs: Needs; value: unknown },
): string | null {
  if (needs === "nothing") return value === undefined ? null : "must be left out";
  if (needs === "many" && !Array.isArray(value)) return "must be a list";
  if (needs === "one" && (value === undefined || Array.isArray(value))) return "must be one value";
  const type = TYPES[kind.kind] ?? TEXT;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every(type.fits)) return `must be a ${type.name}`;
  const strange = "of" in kind ? values.find((one) => !kind.of.includes(String(one))) : undefined;
  return strange === undefined || !("of" in kind) ? null : `must be one of ${kind.of.join(", ")}`;
}

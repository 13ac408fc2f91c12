import { z, type ZodError } from "zod";
import { AppError, type FieldError } from "./errors.ts";

type Issue = z.core.$ZodIssue;
type Raw = z.core.$ZodRawIssue;
type RawOf<C extends Issue["code"]> = Extract<Raw, { readonly code: C }>;

/** What is expected, in the caller's words. */
const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  date: "a time",
  array: "a list",
  tuple: "a list",
  set: "a list",
  object: "an object",
  record: "an object",
  map: "an object",
  file: "a file",
  null: "null",
};

const NOTHING: ReadonlySet<string> = new Set(["undefined", "never", "void"]);
const kindOf = (expected: string) => KINDS[expected] ?? `of the kind ${expected}`;

/** The kind of what came, never the value: it may be a secret. */
function cameAs(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  return kindOf(input instanceof Date ? "date" : input instanceof Blob ? "file" : typeof input);
}

function asked(wanted: string, input: unknown): string {
  // A text that was to be read as a number came as none: its kind says nothing.
  if (typeof input === "number" && !Number.isFinite(input)) return `must be ${wanted}`;
  return input === undefined ? `is missing: give ${wanted}` : `must be ${wanted}, but ${cameAs(input)} came`;
}

const MOST_OPTIONS = 30;

function oneOf(options: readonly unknown[]): string {
  const shown = options.slice(0, MOST_OPTIONS).map(String).join(", ");
  const more = options.length - MOST_OPTIONS;
  return options.length === 1 ? shown : `one of ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

function value({ values, input }: RawOf<"invalid_value">): string {
  const given = input === null || typeof input !== "object" && typeof input === typeof values[0];
  return input !== undefined && given ? `must be ${oneOf(values)}` : asked(oneOf(values), input);
}

const FORMS: Readonly<Record<string, string>> = {
  datetime: "a time that exists, with its offset, such as 2026-12-01T09:00:00Z",
  date: "a day that exists, such as 2026-12-01",
  time: "a time of day such as 09:30:00",
  duration: "a duration such as PT15M",
  email: "an e-mail address such as ana@example.com",
  url: "an address such as https://example.com/path",
  uuid: "a UUID such as 2f1c6b0e-8a53-4b0c-9a7e-3d8f1f6f2a10",
  ipv4: "an IPv4 address such as 192.0.2.10",
  ipv6: "an IPv6 address such as 2001:db8::1",
  e164: "a number with its country such as +528112345678",
  base64: "text in base64",
  base64url: "text in base64url",
  json_string: "text in JSON",
  jwt: "a signed token (JWT)",
};

function form(issue: RawOf<"invalid_format">): string {
  const { format } = issue;
  const [prefix, suffix, includes] = [issue["prefix"], issue["suffix"], issue["includes"]].map(quoted);
  if (format === "starts_with") return `must begin with ${prefix}`;
  if (format === "ends_with") return `must end with ${suffix}`;
  if (format === "includes") return `must have ${includes} in it`;
  if (format === "regex") return `must be of the form ${issue.pattern ?? "that is documented"}`;
  return `must be ${FORMS[format] ?? `in the form ${format}`}`;
}

const quoted = (part: unknown) => `"${String(part ?? "")}"`;

const UNITS: Readonly<Record<string, string>> = {
  string: "characters",
  array: "items",
  set: "items",
  map: "entries",
  object: "entries",
  record: "entries",
  file: "bytes",
};

/** Of a text, a list or a file. */
function sizeOf(input: unknown): number | null {
  if (typeof input === "string" || Array.isArray(input)) return input.length;
  return input instanceof Set || input instanceof Map || input instanceof Blob ? input.size : null;
}

interface Bound {
  readonly origin: string;
  readonly limit: number | bigint;
  readonly side: "least" | "most";
  readonly inclusive: boolean;
  readonly exact: boolean;
  readonly input: unknown;
}

function bound({ origin, limit, side, inclusive, exact, input }: Bound): string {
  const unit = UNITS[origin];
  if (unit === undefined) {
    const shown = origin === "date" ? new Date(Number(limit)).toISOString() : String(limit);
    if (exact) return `must be ${shown}`;
    if (inclusive) return `must be ${shown} or ${side === "least" ? "more" : "less"}`;
    return `must be ${side === "least" ? "more" : "less"} than ${shown}`;
  }
  const size = sizeOf(input);
  if (side === "least" && limit === 1 && !exact && inclusive) return "must not be empty";
  const one = Number(limit) === 1 ? unit.replace(/(ie)?s$/, (end) => end === "ies" ? "y" : "") : unit;
  return `must have ${exact ? "exactly" : `at ${side}`} ${limit} ${one}${
    size === null ? "" : `, but has ${size}`
  }`;
}

function size(issue: RawOf<"too_small" | "too_big">): string {
  const { origin, inclusive = true, exact = false, input } = issue;
  const [side, limit] = issue.code === "too_small"
    ? ["least", issue.minimum] as const
    : ["most", issue.maximum] as const;
  return bound({ origin, limit, side, inclusive, exact, input });
}

const MOST_KEYS = 10;

function keys({ keys }: RawOf<"unrecognized_keys">): string {
  const shown = keys.slice(0, MOST_KEYS).map((key) => key.slice(0, 60)).join(", ");
  return `has what is not known: leave out ${shown}`;
}

type Branches = readonly (readonly Issue[])[];

const isKind = ({ code, path }: Issue) => code === "invalid_type" && path.length === 0;
const isUnknownKey = ({ code, path }: Issue) => code === "unrecognized_keys" && path.length === 0;

/** Whether it is said in our words, not in its schema's own. */
function isOurs({ errors, message }: { readonly errors: Branches; readonly message: string }): boolean {
  return [NaN, undefined].some((input) => message.startsWith(union(errors, input)));
}

/** What each form says; those of a form that is one of several itself stand beside the others. */
function formsIn(errors: Branches): Branches {
  return errors.flatMap((branch) => {
    const [inner, ...more] = branch;
    const isWithin = inner?.code === "invalid_union" && inner.path.length + more.length === 0 &&
      inner.errors.length > 0 && isOurs(inner);
    return isWithin ? formsIn(inner.errors) : [branch];
  });
}

/** Of several forms none fits: the kinds that each wants, or what each says. */
function union(errors: Branches, input: unknown): string {
  const firsts = formsIn(errors).flatMap(([first]) => first ?? []);
  const wanted = firsts.flatMap((issue) => issue.code === "invalid_type" ? [kindOf(issue.expected)] : []);
  if (firsts.every(isKind)) return asked([...new Set(wanted)].join(" or "), input);
  const said = firsts.filter((issue) => !isKind(issue)).map(({ path, message }) =>
    [...path, message].join(" ")
  );
  return [...new Set(said)].slice(0, 3).join(", or ");
}

/** The one form that was meant: the only one that was looked into, or of those the one that knows every key that came. */
function meantOf(branches: Branches): readonly Issue[] | null {
  const deep = branches.filter((branch) =>
    branch.some((issue) => issue.path.length > 0 || isUnknownKey(issue))
  );
  const near = deep.length > 0 ? deep : branches.filter((branch) => !branch.every(isKind));
  const [meant, ...more] = near.length === 1 ? near : near.filter((branch) => !branch.some(isUnknownKey));
  return meant === undefined || more.length > 0 ? null : meant;
}

function forms(issue: RawOf<"invalid_union">): string {
  const options: unknown = issue["options"];
  if (Array.isArray(options) && options.length > 0) return `must be ${oneOf(options)}`;
  const branches = issue.errors ?? [];
  return branches.length === 0
    ? "fits several forms at once: leave out what belongs to another"
    : union(branches, issue.input);
}

const nested = (issues: readonly Issue[] | undefined) => issues?.[0]?.message ?? "is not valid";

/** What is wrong with one value and what to give in its place; for what a schema has no words of its own. */
const WORDS: { readonly [C in Issue["code"]]: (issue: RawOf<C>) => string } = {
  invalid_type: ({ expected, input }) => {
    if (NOTHING.has(expected)) return "must be left out";
    return expected === "nonoptional" ? "is missing: give a value" : asked(kindOf(expected), input);
  },
  invalid_value: value,
  invalid_format: form,
  too_small: size,
  too_big: size,
  not_multiple_of: ({ divisor }) => `must be a multiple of ${divisor}`,
  unrecognized_keys: keys,
  invalid_union: forms,
  invalid_key: ({ issues }) => `is no name that is taken here: it ${nested(issues)}`,
  invalid_element: ({ issues }) => `has an element that ${nested(issues)}`,
  custom: () => "is not a value that is taken here",
};

/** Each code has words for its own issue: the table's types say so, a union of them can't. */
function wordsOf(raw: Raw): string {
  const say: (issue: never) => string = WORDS[raw.code];
  return say(raw as never);
}

// For every schema of the program: whoever parses says it in these words.
z.config({ customError: wordsOf });

/** An issue as fields. Where one form alone was meant, what is wrong within it is said, not that none fits. */
function fieldsOf(issue: Issue, at: readonly PropertyKey[]): FieldError[] {
  const path = [...at, ...issue.path];
  const meant = issue.code === "invalid_union" && isOurs(issue) ? meantOf(formsIn(issue.errors)) : null;
  return meant?.flatMap((one) => fieldsOf(one, path)) ??
    [{ path: path.map(String).join("."), message: issue.message }];
}

/** What a schema refused, each field under its path, below `at`. */
export function fieldErrorsOf(
  { issues }: { readonly issues: readonly Issue[] },
  at: readonly PropertyKey[] = [],
): FieldError[] {
  return issues.flatMap((issue) => fieldsOf(issue, at));
}

/** 422 with every path, for what a schema refused. */
export function schemaRefusal(refused: ZodError, at: readonly PropertyKey[] = []): AppError {
  const errors = fieldErrorsOf(refused, at);
  const said = errors.slice(0, 3).map(({ path, message }) => `${path || "body"}: ${message}`).join("; ");
  return new AppError("validation_failed", said || "The input is not valid", { errors, cause: refused });
}

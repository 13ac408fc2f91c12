import { invalid } from "../kernel/errors.ts";

/**
 * Logic-less templates, a part of Mustache (mustache.github.io/mustache.5.html): `{{name}}`, dotted names,
 * `{{#list}}...{{/list}}`, `{{^empty}}...{{/empty}}`, `{{.}}`, `{{! comment }}`. No partials, no lambdas, nothing raw.
 */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly path: string }
  | { readonly kind: "section" | "inverted"; readonly path: string; readonly inside: readonly Node[] };

const TAG = /\{\{\s*([#^/!]?)\s*([^{}]*?)\s*\}\}/g;
const NAME = /^(\.|[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*)$/;
const DEEPEST = 10;

const parsed = new Map<string, readonly Node[]>();

/** Throws 422 for `field` when the tags don't fit together. */
export function parse(template: string, field = "template"): readonly Node[] {
  const known = parsed.get(template);
  if (known !== undefined) return known;
  const nodes = parseNodes(template, field);
  if (parsed.size >= 1000) parsed.clear();
  parsed.set(template, nodes);
  return nodes;
}

interface Open {
  readonly kind: "section" | "inverted";
  readonly path: string;
  readonly inside: Node[];
}

function parseNodes(template: string, field: string): readonly Node[] {
  const root: Node[] = [];
  const open: Open[] = [];
  const here = () => open.at(-1)?.inside ?? root;
  let at = 0;
  for (const match of template.matchAll(TAG)) {
    const [tag, sign = "", path = ""] = match;
    if (match.index > at) here().push({ kind: "text", text: template.slice(at, match.index) });
    at = match.index + tag.length;
    if (sign === "!") continue;
    if (!NAME.test(path)) throw invalid(field, `"${tag.slice(0, 60)}" names no variable`);
    if (sign === "") here().push({ kind: "value", path });
    else if (sign === "/") {
      const closed = open.pop();
      if (closed?.path !== path) {
        throw invalid(field, `"${tag}" closes what is not open`);
      }
      here().push(closed);
    } else {
      open.push({ kind: sign === "#" ? "section" : "inverted", path, inside: [] });
      if (open.length > DEEPEST) throw invalid(field, `sections are nested more than ${DEEPEST} deep`);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw invalid(field, `"{{#${unclosed.path}}}" is never closed`);
  if (at < template.length) root.push({ kind: "text", text: template.slice(at) });
  // What is left of `{{{raw}}}` is a brace; of `{{a`, two.
  const rest = template.replace(TAG, "<>");
  if (/\{\{|\}\}|\{<>|<>\}/.test(rest)) {
    throw invalid(field, "has a tag that is not whole: {{name}} is how one looks");
  }
  return root;
}

/**
 * The top-level names that a template reads, in the order of their first use. Within a section whose value `holds`
 * names of its own (a list, an object) a name may be one of those; it counts elsewhere only.
 */
export function variablesOf(
  nodes: readonly Node[],
  holds: (name: string) => boolean = () => true,
): string[] {
  const names = new Set<string>();
  const walk = (within: readonly Node[], inSection: boolean) => {
    for (const node of within) {
      if (node.kind === "text") continue;
      if (!inSection && node.path !== ".") names.add(node.path.split(".")[0] ?? node.path);
      if (node.kind !== "value") {
        walk(node.inside, inSection || (node.kind === "section" && holds(node.path)));
      }
    }
  };
  walk(nodes, false);
  return [...names];
}

/**
 * What one rendering may come to. Sections within sections multiply: a few lines over a list of a thousand would keep
 * the process busy for days. What goes beyond is cut.
 */
const MOST = { steps: 100_000, characters: 512 * 1024 } as const;

/** `escape` is applied to every value, never to the template's own words. */
export function render(
  nodes: readonly Node[],
  data: unknown,
  escape: (text: string) => string = (text) => text,
): string {
  const out: string[] = [];
  let steps = 0;
  let characters = 0;
  const isSpent = () => steps > MOST.steps || characters > MOST.characters;
  const say = (words: string) => {
    characters += words.length;
    out.push(words);
  };
  const write = (within: readonly Node[], stack: readonly unknown[]): void => {
    for (const node of within) {
      steps++;
      if (isSpent()) return;
      if (node.kind === "text") say(node.text);
      else if (node.kind === "value") say(escape(wordsOf(lookUp(node.path, stack))));
      else writeSection(node, stack);
    }
  };
  const writeSection = (
    { kind, path, inside }: Exclude<Node, { kind: "text" | "value" }>,
    stack: readonly unknown[],
  ): void => {
    const value = lookUp(path, stack);
    const filled = isFilled(value);
    if (kind === "inverted") return filled ? undefined : write(inside, stack);
    if (!filled) return;
    for (const item of Array.isArray(value) ? value : [value]) {
      steps++;
      if (isSpent()) return;
      write(inside, [...stack, item]);
    }
  };
  write(nodes, [data]);
  return out.join("");
}

function lookUp(path: string, stack: readonly unknown[]): unknown {
  if (path === ".") return stack.at(-1);
  const [first = "", ...rest] = path.split(".");
  const holder = stack.findLast((one) => hasOwn(one, first));
  return [first, ...rest].reduce<unknown>(
    (at, key) => hasOwn(at, key) ? Reflect.get(at, key) : undefined,
    holder,
  );
}

function hasOwn(value: unknown, key: string): value is object {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What an isolate has to load but never uses, taken out of the bundle between its two passes. */
import { dropIndexes } from "./edge-schema.ts";
import { inlineNamespaces } from "./edge-namespaces.ts";
import { packTable } from "./edge-entities.ts";
import { packLists } from "./edge-words.ts";

interface Cut {
  readonly what: string;
  /** The comment that the bundler puts over the modules. */
  readonly module: RegExp;
  /** Of one module's text. */
  cut(text: string): string;
}

const CUTS: readonly Cut[] = [
  {
    what: "the parts of zod that only its whole namespace reaches, which its plugin is handed for one class",
    module: /\/@hono\/zod-openapi\/[\d.]+\/dist\/index\.m?js$/,
    cut: (text) =>
      text.replace(
        /\bextendZodWithOpenApi\((\w+)\);/,
        (_, zod: string) => `extendZodWithOpenApi({ ZodType: ${zod}.ZodType });`,
      ),
  },
  {
    what: "zod's reader of JSON schemas, which makes its copy of zod whether it is used or not",
    module: /\/zod\/[\d.]+\/v4\/classic\/from-json-schema\.js$/,
    cut: (text) =>
      text.replace(
        /^var (\w+) = (\{\n(?: {2}\.\.\.\w+,\n)+[^}]*\});$/m,
        "var $1 = /* @__PURE__ */ (() => ($2))();",
      ),
  },
  {
    what: "drizzle's classes for other databases, each of which computes a name of its own when it is made",
    module: /\/drizzle-orm\/[\d.]+\/[\w/-]+\.js$/,
    cut: (text) =>
      text.replace(/^var (\w+) = (class [\s\S]*?^\});$/gm, "var $1 = /* @__PURE__ */ (() => $2)();"),
  },
  {
    what: "the rarer words of zxcvbn's dictionaries",
    module: /\/zxcvbn\/[\d.]+\/lib\/frequency_lists\.js$/,
    cut: packLists,
  },
  {
    what: "what HTML's names of characters have in common",
    module: /\/postal-mime\/[\d.]+\/src\/html-entities\.js$/,
    cut: packTable,
  },
  {
    what: "the indexes and references of the schema, which are for migrations",
    module: /^db\/schema\/[\w-]+\.ts$/,
    cut: dropIndexes,
  },
  {
    what: "what settings say of themselves, which is for the example of the environment",
    module: /^lib\/config-schema\.ts$/,
    cut: (text) => text.replace(/\.describe\((?:\s*(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*\+?)+\)/g, ""),
  },
];

/** The texts of the bundle's files without the cuts. Throws when one can't be made: then the bundle has changed. */
export function cutTexts(texts: Readonly<Record<string, string>>): Record<string, string> {
  const made = new Set<Cut>();
  const files = Object.entries(texts).map(([name, text]) => {
    const parts = text.split(/^(?=\/\/ \S+\.(?:[cm]?js|ts)$)/m).map((part) => {
      const path = /^\/\/ (\S+)/.exec(part)?.[1] ?? "";
      const cut = CUTS.find(({ module }) => module.test(path));
      const less = cut?.cut(part) ?? part;
      if (cut !== undefined && less !== part) made.add(cut);
      return less;
    });
    return [name, inlineNamespaces(parts.join(""))];
  });
  const missed = CUTS.find((cut) => !made.has(cut));
  if (missed !== undefined) throw new Error(`The bundle has no place for a cut: ${missed.what}`);
  return Object.fromEntries(files);
}

/** What an isolate has to load but never uses, taken out of the bundle between its two passes. */
interface Cut {
  readonly what: string;
  /** The comment that the bundler puts over the module. */
  readonly module: RegExp;
  cut(text: string): string;
}

/** How many of each list's words, the most frequent ones, the estimator of passwords keeps (it has up to 30,000). */
const WORDS_KEPT = 5000;

const CUTS: readonly Cut[] = [
  {
    what: "zod's messages in languages other than English",
    module: /^\/\/ \S*\/zod\/[\d.]+\/v4\/locales\/index\.js$/m,
    cut: (text) =>
      text.replace(
        /__export\(locales_exports, \{\n[\s\S]*?\n\}\);/,
        "__export(locales_exports, {\n  en: () => en_default\n});",
      ),
  },
  {
    what: "the rarer words of zxcvbn's dictionaries",
    module: /^\/\/ \S*\/zxcvbn\/[\d.]+\/lib\/frequency_lists\.js$/m,
    cut: (text) =>
      text.replace(/(: )"([^"\n]*)"(?=\.split\(","\))/g, (_, before: string, words: string) => {
        return `${before}"${words.split(",").slice(0, WORDS_KEPT).join(",")}"`;
      }),
  },
];

/** The texts of the bundle's files without the cuts. Throws when one can't be made: then the bundle has changed. */
export function cutTexts(texts: Readonly<Record<string, string>>): Record<string, string> {
  const cut: Record<string, string> = { ...texts };
  for (const { what, module, ...one } of CUTS) {
    const [name, text] = Object.entries(cut).find(([, text]) => module.test(text)) ?? [];
    if (name === undefined || text === undefined) throw new Error(`The bundle has no place for: ${what}`);
    const less = one.cut(text);
    if (less.length === text.length) throw new Error(`Nothing was taken out of: ${what}`);
    cut[name] = less;
  }
  return cut;
}

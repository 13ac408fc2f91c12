const NAMESPACE = /^var (\w+) = \{\};\n__export\(\1, (\{\n[\s\S]*?\n\})\);$/gm;
const MEMBER = /^ {2}(\w+): \(\) => ([\w$]+),?$/gm;

/**
 * A package that exports a namespace (`export * as z`) keeps all that is in it. Here what is read of one becomes the
 * thing itself, so that the next pass sees what nobody reads; a namespace that is handed on whole stays.
 */
export function inlineNamespaces(text: string): string {
  const members = new Map<string, ReadonlyMap<string, string>>();
  for (const [, name = "", body = ""] of text.matchAll(NAMESPACE)) {
    members.set(name, new Map([...body.matchAll(MEMBER)].map(([, as = "", what = ""]) => [as, what])));
  }
  if (members.size === 0) return text;
  const read = new RegExp(`(?<![.\\w$])(${[...members.keys()].join("|")})\\.(\\w+)`, "g");
  let inlined = text.replace(
    NAMESPACE,
    "var $1 = /* @__PURE__ */ ((to) => (__export(to, $2), to))({});",
  );
  for (let before = ""; before !== inlined;) {
    before = inlined;
    inlined = before.replace(read, (whole, name, as) => members.get(name)?.get(as) ?? whole);
  }
  return inlined;
}

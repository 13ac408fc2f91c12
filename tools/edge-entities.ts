const TABLE = /\{\n(?: {2}"&\w+;?": (?:"(?:[^"\\\n]|\\.)*"|'"'),?\n)+\}/;
const ENTRY = /^ {2}"&(\w+;?)": ["'](.*)["'],?$/gm;
const ESCAPE = /\\(?:x(..)|u\{(\w+)\}|u(....)|(.))/g;
const PLAIN: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

/** The module of HTML's named characters with its table packed. */
export function packTable(module: string): string {
  return module.replace(TABLE, (table) => {
    const entries = [...table.matchAll(ENTRY)].map(([, name = "", text = ""]) =>
      [name, written(text)] as const
    );
    return `(${unpackEntities})(${JSON.stringify(packEntities(entries))})`;
  });
}

/** The characters of a literal. */
function written(text: string): string {
  return text.replace(ESCAPE, (_, byte, point, unit, char) => {
    const code = byte ?? point ?? unit;
    return code === undefined ? PLAIN[char] ?? char : String.fromCodePoint(parseInt(code, 16));
  });
}

/**
 * Names with their characters by code point: `name`, `!` where it also goes without its semicolon, `=` and how far
 * its code point is from the one before, `+` and its second code point. Throws for one that would come out otherwise.
 */
export function packEntities(entries: readonly (readonly [name: string, text: string])[]): string {
  const bare = new Set(entries.map(([name]) => name).filter((name) => !name.endsWith(";")));
  const rows = entries.filter(([name]) => name.endsWith(";")).map(([name, text]) => {
    const [first = 0, second] = [...text].map((char) => char.codePointAt(0));
    return { name: name.slice(0, -1), first, second };
  }).sort((one, other) => one.first - other.first || (one.name < other.name ? -1 : 1));
  let before = 0;
  const packed = rows.map(({ name, first, second }) => {
    const step = first - before;
    before = first;
    return name + (bare.has(name) ? "!" : "") + (step === 0 ? "" : `=${step.toString(36)}`) +
      (second === undefined ? "" : `+${second.toString(36)}`);
  }).join(" ");
  const unpacked = unpackEntities(packed);
  const lost = entries.find(([name, text]) => unpacked[`&${name}`] !== text);
  if (lost !== undefined) throw new Error(`A character's name can't be packed: ${lost[0]}`);
  return packed;
}

/** Stands in the bundle with nothing around it. */
export function unpackEntities(packed: string): Record<string, string> {
  const entities: Record<string, string> = {};
  let first = 0;
  for (const [, name, bare, step = "0", second] of packed.matchAll(/(\w+)(!?)(?:=(\w+))?(?:\+(\w+))?/g)) {
    first += parseInt(step, 36);
    const text = String.fromCodePoint(first, ...second === undefined ? [] : [parseInt(second, 36)]);
    entities[`&${name};`] = text;
    if (bare === "!") entities[`&${name}`] = text;
  }
  return entities;
}

/** The names of U+00A0 to U+00FF (HTML 4, 24.2.1), in their order. */
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml"
    .split(" ");

/** What else people's programs write by name. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN.map((name, at) => [name, name === "nbsp" ? " " : String.fromCodePoint(0xa0 + at)] as const),
  ...Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    euro: "€",
    ndash: "–",
    mdash: "—",
    lsquo: "‘",
    rsquo: "’",
    sbquo: "‚",
    ldquo: "“",
    rdquo: "”",
    bdquo: "„",
    bull: "•",
    hellip: "…",
    trade: "™",
    OElig: "Œ",
    oelig: "œ",
    ensp: " ",
    emsp: " ",
    thinsp: " ",
    zwnj: "",
    zwj: "",
    rarr: "→",
    larr: "←",
  }),
]);

const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]{1,30}));/gi;

function decoded(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED.get(name) ?? whole;
    const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
    if (code === 0xa0) return " ";
    return code === 0 || code > 0x10ffff ? "" : String.fromCodePoint(code).toWellFormed();
  });
}

/** Tags whose content nobody sees. */
const HIDDEN: ReadonlySet<string> = new Set(["head", "script", "style", "title"]);

/** What a tag puts between the words around it. */
const BETWEEN: ReadonlyMap<string, string> = new Map([
  ...["br", "hr", "/p", "/div", "/tr", "/blockquote", "/ul", "/ol", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6"]
    .map((tag) => [tag, "\n"] as const),
  ["li", "\n- "],
  ["/td", "\t"],
  ["/th", "\t"],
]);

/**
 * The words of HTML, in lines, for what has no plain ones; an address that a link does not show stands behind it.
 * Looks at each character a bounded number of times, whatever a sender nests or leaves open.
 */
export function wordsOfHtml(html: string): string {
  const out: string[] = [];
  let link: { readonly address: string; readonly from: number } | null = null;
  for (let at = 0; at < html.length;) {
    const open = html.indexOf("<", at);
    // Line ends of the source are spaces; those that are shown are tags.
    out.push(decoded(html.slice(at, open === -1 ? undefined : open).replace(/\s+/g, " ")));
    if (open === -1) break;
    if (!/[a-z/!?]/i.test(html.charAt(open + 1))) {
      out.push("<");
      at = open + 1;
      continue;
    }
    const isComment = html.startsWith("<!--", open);
    const end = isComment ? html.indexOf("-->", open) : html.indexOf(">", open);
    if (end === -1) break;
    at = end + (isComment ? 3 : 1);
    if (isComment) continue;
    const tag = html.slice(open + 1, end);
    const name = /^\/?[a-z][a-z\d]*/i.exec(tag)?.[0].toLowerCase() ?? "";
    if (HIDDEN.has(name)) {
      const close = new RegExp(`</${name}`, "gi");
      close.lastIndex = at;
      const found = close.exec(html);
      if (found === null) break;
      at = found.index;
    } else if (name === "a") {
      const address = /\bhref\s*=\s*["']?(https?:[^"'\s>]+)/i.exec(tag)?.[1];
      link = address === undefined ? null : { address: decoded(address), from: out.length };
    } else if (name === "/a" && link !== null) {
      const { address, from } = link;
      // Word by word: to look for a long text in another takes as long as both multiplied.
      const shown = out.slice(from).join("").split(/\s+/);
      if (!shown.some((word) => word.replace(/^\W+/, "").startsWith(address))) out.push(` (${address})`);
      link = null;
    } else out.push(BETWEEN.get(name) ?? "");
  }
  return out.join("").split("\n").map((line) => line.replace(/ +/g, " ").trim()).join("\n")
    .replace(/\n{3,}/g, "\n\n").trim();
}

/**
 * What a statement may do: `read` goes to a reader, `write` joins a commit group, `schema` also makes the caches
 * stale, `control` belongs to whoever owns the transaction, `solo` can't run inside one.
 */
export type StatementKind = "read" | "write" | "schema" | "control" | "savepoint" | "solo";

const KINDS: Readonly<Record<string, StatementKind>> = {
  select: "read",
  values: "read",
  explain: "read",
  insert: "write",
  replace: "write",
  update: "write",
  delete: "write",
  create: "schema",
  alter: "schema",
  drop: "schema",
  reindex: "schema",
  analyze: "schema",
  begin: "control",
  commit: "control",
  end: "control",
  rollback: "control",
  savepoint: "savepoint",
  release: "savepoint",
  pragma: "solo",
  vacuum: "solo",
  attach: "solo",
  detach: "solo",
};

const LEADING = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|;)*/;
const ROLLBACK_TO = /^rollback\s+(?:transaction\s+)?to\b/i;
const WRITE_VERB = /\b(?:insert|replace|update|delete)\b/i;
const kept = new Map<string, StatementKind>();

/** The kind of the first statement of `sql`; an unknown word counts as a write. */
export function kindOf(sql: string): StatementKind {
  const known = kept.get(sql);
  if (known !== undefined) return known;
  const kind = classify(sql.replace(LEADING, ""));
  if (kept.size >= 2000) kept.clear();
  kept.set(sql, kind);
  return kind;
}

function classify(sql: string): StatementKind {
  if (ROLLBACK_TO.test(sql)) return "savepoint";
  const word = /^[a-z]+/i.exec(sql)?.[0].toLowerCase() ?? "";
  // A common table expression may lead a write. A read taken for one is only slower, never wrong.
  if (word === "with") return WRITE_VERB.test(sql) ? "write" : "read";
  return KINDS[word] ?? "write";
}

import type { Harness } from "./harness.ts";

/** The tables of the database, with the names of their columns; those inside a full-text index are left out. */
export async function tablesOf(h: Harness): Promise<Map<string, string[]>> {
  const rows = await h.ports.database.db.all<{ name: string; column: string }>(
    `select m.name as name, p.name as "column" from sqlite_master m join pragma_table_info(m.name) p
      where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, p.cid`,
  );
  const found = new Map<string, string[]>();
  for (const { name, column } of rows) {
    if (!/_fts_(data|idx|docsize|config|content)$/.test(name)) {
      found.set(name, [...found.get(name) ?? [], column]);
    }
  }
  return found;
}

/** `table.column` of everything that holds the text. */
export async function placesOf(h: Harness, needle: string): Promise<string[]> {
  const found: string[] = [];
  for (const [table, columns] of await tablesOf(h)) {
    if (table.endsWith("_fts")) continue;
    for (const column of columns) {
      const [row] = await h.ports.database.db.all<{ n: number }>(
        `select count(*) as n from "${table}" where instr(cast("${column}" as blob), cast('${needle}' as blob)) > 0`,
      );
      if ((row?.n ?? 0) > 0) found.push(`${table}.${column}`);
    }
  }
  return found;
}

import type { Client, InArgs, InStatement } from "@libsql/client";

/** What of a file's client runs statements; the last two are ours (lib/adapters/db/drizzle-query.ts). */
interface Running {
  execute(statement: InStatement | string, args?: InArgs): Promise<unknown>;
  values(sql: string, args: InArgs): unknown;
  first(sql: string, args: InArgs): unknown;
}

/**
 * How SQLite goes about each statement that `work` runs outside of a transaction: its plan, a line a step. Statements
 * without a FROM are left out.
 */
export async function plansOf(client: Client, work: () => Promise<unknown>): Promise<string[]> {
  const running = client as unknown as Running;
  const { execute, values, first } = running;
  const seen: [string, InArgs][] = [];
  running.execute = (statement, args) => {
    const { sql, args: given } = typeof statement === "string" ? { sql: statement, args } : statement;
    seen.push([sql, given ?? []]);
    return execute.call(client, statement, args);
  };
  running.values = (sql, args) => {
    seen.push([sql, args]);
    return values.call(client, sql, args);
  };
  running.first = (sql, args) => {
    seen.push([sql, args]);
    return first.call(client, sql, args);
  };
  try {
    await work();
  } finally {
    Object.assign(running, { execute, values, first });
  }
  const plans: string[] = [];
  for (const [sql, args] of seen) {
    const { rows } = await client.execute({ sql: `explain query plan ${sql}`, args });
    if (rows.length > 0) plans.push(rows.map(({ detail }) => String(detail)).join("\n"));
  }
  return plans;
}

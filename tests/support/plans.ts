import type { Client, InArgs, InStatement } from "@libsql/client";
import { Handle } from "../../lib/adapters/db/handle.ts";

/** What of a client, or of a transaction on it, runs statements (lib/adapters/db/drizzle-query.ts). */
interface Running {
  execute(statement: InStatement | string, args?: InArgs): Promise<unknown>;
  /** A file's only. */
  values?(sql: string, args: InArgs): unknown;
  first?(sql: string, args: InArgs): unknown;
}

export interface Planned {
  readonly sql: string;
  /** A line a step. */
  readonly plan: string;
}

/** How SQLite goes about each statement that `work` runs, in transactions or not. */
export async function plansOf(client: Client, work: () => Promise<unknown>): Promise<Planned[]> {
  const seen = new Map<string, InArgs>();
  const restore = [running(client), running(Handle.prototype)].map((target) => record(target, seen));
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  const planned: Planned[] = [];
  for (const [sql, args] of seen) {
    const { rows } = await client.execute({ sql: `explain query plan ${sql}`, args });
    if (rows.length > 0) planned.push({ sql, plan: rows.map(({ detail }) => String(detail)).join("\n") });
  }
  return planned;
}

/** Both have these methods, though their types name only the first. */
function running(target: Client | Handle): Running {
  return target as unknown as Running;
}

function record(target: Running, seen: Map<string, InArgs>): () => void {
  const { execute, values, first } = target;
  target.execute = function (statement, args) {
    const { sql, args: given } = typeof statement === "string" ? { sql: statement, args } : statement;
    seen.set(sql, given ?? []);
    return execute.call(this, statement, args);
  };
  if (values !== undefined) {
    target.values = function (sql, args) {
      seen.set(sql, args);
      return values.call(this, sql, args);
    };
  }
  if (first !== undefined) {
    target.first = function (sql, args) {
      seen.set(sql, args);
      return first.call(this, sql, args);
    };
  }
  return () => void Object.assign(target, { execute, ...(values && { values }), ...(first && { first }) });
}

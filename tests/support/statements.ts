import type { InArgs, InStatement } from "@libsql/client";
import type { FileClient } from "../../lib/adapters/db/file-client.ts";

type Told = (sql: string, args: InArgs) => void;

export interface StatementHooks {
  readonly before?: Told;
  /** What it wrote is durable. */
  readonly after?: Told;
}

const nothing: Told = () => {};

/** Tells of each statement that runs by itself, outside of any transaction, in whatever form it wants its rows. */
export function watchStatements(
  client: FileClient,
  { before = nothing, after = nothing }: StatementHooks,
): void {
  const whole = client.execute.bind(client);
  client.execute = async (statement: InStatement | string, given?: InArgs) => {
    const { sql, args = [] } = typeof statement === "string" ? { sql: statement, args: given } : statement;
    before(sql, args);
    const result = await whole({ sql, args });
    after(sql, args);
    return result;
  };
  function told<T>(run: (sql: string, args: InArgs) => T | Promise<T>) {
    return (sql: string, args: InArgs): T | Promise<T> => {
      before(sql, args);
      const result = run(sql, args);
      if (result instanceof Promise) {
        return result.then((rows) => {
          after(sql, args);
          return rows;
        });
      }
      after(sql, args);
      return result;
    };
  }
  client.values = told(client.values.bind(client));
  client.first = told(client.first.bind(client));
}

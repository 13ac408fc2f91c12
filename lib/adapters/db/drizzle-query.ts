import type { InValue, ResultSet } from "@libsql/client";
import { is, Param, Placeholder, type Query } from "drizzle-orm";
import { LibSQLPreparedQuery } from "drizzle-orm/libsql/session";
import { rowMapper, type Selected } from "./row-mapper.ts";

/**
 * What runs a statement: a client or a transaction. `values` and `first` spare the rows their names, where they are,
 * and answer at once where they can: a promise more a statement is a good part of a point read.
 */
export interface Target {
  execute(statement: { sql: string; args: InValue[] }): Promise<ResultSet>;
  values?(sql: string, args: InValue[]): unknown[][] | Promise<unknown[][]>;
  first?(sql: string, args: InValue[]): unknown[] | undefined | Promise<unknown[] | undefined>;
  /** Where a statement costs a round trip: one that may wait for the next trip. Its outcome is told after the commit. */
  later?(statement: { sql: string; args: InValue[] }): () => Late;
  /** Where transactions share a commit: a row for a statement that writes those of all of them, right before that. */
  gather?(sql: string, row: readonly unknown[]): void;
}

/** What a write that could wait has given. */
export interface Late {
  readonly rowsAffected: number;
  readonly values: () => unknown[][];
}

type Filler = (values: Readonly<Record<string, unknown>>) => unknown;

/** Members of drizzle's query that its types hide; pinned with it and covered by tests/contract/database.test.ts. */
interface Hidden {
  readonly client: Target;
  readonly tx: Target | undefined;
  readonly query: Query;
  readonly fields: readonly Selected[] | undefined;
  readonly customResultMapper: unknown;
}

/**
 * Drizzle's prepared query with three changes. Placeholders are looked up once and rows mapped by what is known once,
 * not at every run, which halves its cost. And errors pass as they are: drizzle wraps them in one that carries the
 * statement's values in its message.
 */
export class PreparedQuery extends LibSQLPreparedQuery<Prepared> {
  private readonly fillers: readonly Filler[] = hidden(this).query.params.map(filler);
  private readonly toObject = mapperOf(hidden(this));

  // deno-lint-ignore require-await -- a missing value must reject, not throw
  override async run(values: Record<string, unknown> = {}): Promise<ResultSet> {
    const { query, tx, client } = hidden(this);
    return (tx ?? client).execute({ sql: query.sql, args: this.fill(values) });
  }

  override async all(values?: Record<string, unknown>): Promise<unknown[]> {
    const rows = await this.rows(values);
    if (this.toObject === null) return this.mapAllResult(rows) as unknown[];
    return rows.map((row) => this.mapped(row));
  }

  // deno-lint-ignore require-await -- a missing value must reject, not throw
  override async get(values?: Record<string, unknown>): Promise<unknown> {
    return this.first(values);
  }

  /** The first row; at once where it is at hand, which also throws at once. */
  first(values?: Record<string, unknown>): unknown {
    const { query, tx, client, fields } = hidden(this);
    const target = tx ?? client;
    if (fields === undefined || target.first === undefined) return this.firstOfAll(values);
    const found = target.first(query.sql, this.fill(values ?? {}));
    return found instanceof Promise ? found.then((row) => this.mappedOne(row)) : this.mappedOne(found);
  }

  override async values(values: Record<string, unknown> = {}): Promise<unknown[][]> {
    const { query, tx, client } = hidden(this);
    const target = tx ?? client;
    const args = this.fill(values);
    if (target.values !== undefined) return target.values(query.sql, args);
    const { rows } = await target.execute({ sql: query.sql, args });
    return rows.map((row) => Array.from(row));
  }

  /** Runs a write whose outcome nobody reads: now, or with the next trip where trips are dear. */
  async blind(values: Record<string, unknown> = {}): Promise<void> {
    const { query, tx, client } = hidden(this);
    const target = tx ?? client;
    const statement = { sql: query.sql, args: this.fill(values) };
    if (target.later === undefined) await target.execute(statement);
    else target.later(statement);
  }

  /** Gives a row to a statement whose one value is the JSON text of all of them. */
  async gather(row: readonly unknown[]): Promise<void> {
    const { query: { sql, params }, tx, client } = hidden(this);
    const target = tx ?? client;
    if (params.length !== 1) throw new Error("What is gathered is the one value of its statement");
    if (target.gather !== undefined) return target.gather(sql, row);
    const statement = { sql, args: [JSON.stringify([row])] };
    if (target.later === undefined) await target.execute(statement);
    else target.later(statement);
  }

  /** The same for an outcome that is read after the commit: its rows, or how many it wrote. */
  async late(values: Record<string, unknown> = {}): Promise<() => unknown> {
    const { query, tx, client, fields } = hidden(this);
    const target = tx ?? client;
    if (target.later === undefined) {
      const outcome = await (fields === undefined ? this.run(values) : this.all(values));
      return () => outcome;
    }
    const told = target.later({ sql: query.sql, args: this.fill(values) });
    return () => fields === undefined ? told() : this.mapAllResult(told().values());
  }

  /** By position when drizzle knows the fields, by name for a statement written as text. */
  private async rows(values?: Record<string, unknown>): Promise<readonly unknown[]> {
    const { fields, customResultMapper } = hidden(this);
    if (fields !== undefined || customResultMapper !== undefined) return this.values(values);
    return (await this.run(values)).rows;
  }

  private async firstOfAll(values?: Record<string, unknown>): Promise<unknown> {
    return this.mappedOne((await this.rows(values))[0]);
  }

  private mappedOne(row: unknown): unknown {
    return row === undefined ? undefined : this.mapped(row);
  }

  private mapped(row: unknown): unknown {
    return (Array.isArray(row) ? this.toObject?.(row) : null) ?? this.mapGetResult([row]);
  }

  private fill(values: Readonly<Record<string, unknown>>): InValue[] {
    const { fillers } = this;
    const filled = new Array<unknown>(fillers.length);
    for (let i = 0; i < fillers.length; i++) filled[i] = fillers[i]?.(values);
    return bindable(filled);
  }
}

function mapperOf({ fields, customResultMapper }: Hidden): ReturnType<typeof rowMapper> {
  return fields === undefined || customResultMapper !== undefined ? null : rowMapper(fields);
}

type Prepared = {
  type: "async";
  run: ResultSet;
  all: unknown[];
  get: unknown;
  values: unknown[][];
  execute: unknown;
};

function filler(param: unknown): Filler {
  if (is(param, Placeholder)) return (values) => given(values, param.name);
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { value: { name }, encoder } = param;
    return (values) => encoder.mapToDriverValue(given(values, name));
  }
  return () => param;
}

function given(values: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = values[name];
  if (value === undefined && !(name in values)) {
    throw new Error(`No value for placeholder "${name}" was provided`);
  }
  return value;
}

function hidden(query: object): Hidden {
  return query as Hidden;
}

/** Drizzle's encoders give driver values; the connection refuses anything else. */
function bindable(values: unknown[]): InValue[] {
  return values as InValue[];
}

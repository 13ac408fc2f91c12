import type { Client, InStatement } from "@libsql/client";

/** A file of db/migrations. */
export interface Migration {
  /** File name without `.sql`; they run in its order. */
  readonly name: string;
  readonly sql: string;
}

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  /** Called once before the first change of a database that holds something: the place for a backup. */
  readonly beforeApply?: (pending: readonly string[]) => Promise<void>;
}

/** The database and the migrations don't belong together; the message says how and what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const BREAKPOINT = /^\s*--> statement-breakpoint\s*$|--> statement-breakpoint/m;
const LEDGER = `create table if not exists _migrations (
  name text primary key not null, sha256 text not null, applied_at integer not null
)`;
const REBUILDS = /foreign_keys\s*=\s*off/i;
/** Foreign keys are off while a migration runs; one that rebuilds a table must leave them whole. */
const RECORD = "insert into _migrations (name, sha256, applied_at) values (?, ?, ?)";
const RECORD_CHECKED = `insert into _migrations (name, sha256, applied_at)
  select ?, case when exists (select 1 from pragma_foreign_key_check) then null else ? end, ?`;

interface Target {
  readonly client: Pick<Client, "execute" | "migrate">;
  readonly kind: "file" | "remote";
}

type Hashed = Migration & { readonly sha256: string };

/**
 * Applies what is pending, forward only, each migration with its record in one transaction; an empty file gets all of
 * them in one, since each is an fsync of a first start. Throws MigrationError when an applied one was changed or is
 * gone, or a pending one comes before an applied one.
 */
export async function migrate(
  { client, kind }: Target,
  { migrations, beforeApply }: MigrateOptions,
): Promise<{ readonly applied: readonly string[] }> {
  const hashed = await Promise.all(
    migrations.map(async (one) => ({ ...one, sha256: await sha256(one.sql) })),
  );
  hashed.sort((a, b) => a.name < b.name ? -1 : 1);
  const empty = await isEmpty(client);
  if (empty) await client.execute(LEDGER);
  const done = await applied(client);
  const pending = hashed.filter(({ name }) => !done.has(name));
  refuseMismatch(hashed, done);
  if (pending.length === 0) return { applied: [] };
  if (!empty) await beforeApply?.(pending.map(({ name }) => name));
  if (!empty) await client.execute(LEDGER);
  const whole = empty && kind === "file" &&
    await client.migrate(pending.flatMap(statementsOf)).then(() => true, () => false);
  // One by one also to find the one that fails.
  for (const one of whole ? [] : pending) {
    try {
      await client.migrate(statementsOf(one));
    } catch (cause) {
      throw new MigrationError(`Migration ${one.name} failed, nothing of it was kept: ${reason(cause)}`, {
        cause,
      });
    }
  }
  return { applied: pending.map(({ name }) => name) };
}

function statementsOf({ name, sql, sha256 }: Hashed): InStatement[] {
  const statements = sql.split(BREAKPOINT).map((part) => part.trim()).filter((part) => part !== "");
  return [
    ...statements.filter((statement) => !/^pragma\s+foreign_keys/i.test(statement)),
    { sql: REBUILDS.test(sql) ? RECORD_CHECKED : RECORD, args: [name, sha256, Date.now()] },
  ];
}

function refuseMismatch(
  known: readonly { name: string; sha256: string }[],
  done: ReadonlyMap<string, string>,
): void {
  const files = new Map(known.map(({ name, sha256 }) => [name, sha256]));
  const last = [...done.keys()].sort().at(-1) ?? "";
  for (const [name, sha256] of done) {
    const file = files.get(name);
    if (file === undefined) {
      throw new MigrationError(
        `The database has migration ${name}, which this program does not know: start a version as new as the data, ` +
          "or restore a backup",
      );
    }
    if (file !== sha256) {
      throw new MigrationError(
        `Migration ${name} was changed after it was applied: put the file back and add a new migration instead`,
      );
    }
  }
  for (const { name } of known) {
    if (!done.has(name) && name < last) {
      throw new MigrationError(
        `Migration ${name} comes before ${last}, which is applied: give it a later number`,
      );
    }
  }
}

async function isEmpty(client: Pick<Client, "execute">): Promise<boolean> {
  const { rows } = await client.execute("select 1 from sqlite_master where name not like 'sqlite_%' limit 1");
  return rows.length === 0;
}

async function applied(client: Pick<Client, "execute">): Promise<Map<string, string>> {
  const { rows: [ledger] } = await client.execute("select 1 from sqlite_master where name = '_migrations'");
  if (ledger === undefined) return new Map();
  const { rows } = await client.execute("select name, sha256 from _migrations order by name");
  return new Map(rows.map((row) => [String(row.name), String(row.sha256)]));
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

import { join } from "node:path";
import { migrate } from "../../db/migrate.ts";
import { createFileDatabase, type FileDatabase } from "../../lib/adapters/db/file.ts";
import { loadMigrations } from "../../lib/adapters/db/migrations.ts";

export interface TestDatabase {
  readonly database: FileDatabase;
  /** A private folder, removed with the database. */
  readonly folder: string;
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

let template: Promise<Uint8Array> | undefined;

/** A migrated file database of its own; the migrations run once a process. `await using` closes and removes it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const bytes = await (template ??= makeTemplate());
  const folder = await Deno.makeTempDir({ prefix: "cauce-test-" });
  const path = join(folder, "cauce.db");
  await Deno.writeFile(path, bytes, { mode: 0o600 });
  const database = await createFileDatabase({ path, durable: false });
  return {
    database,
    folder,
    path,
    async [Symbol.asyncDispose]() {
      await database.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function makeTemplate(): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-template-" });
  try {
    const path = join(folder, "cauce.db");
    const database = await createFileDatabase({ path, durable: false });
    await migrate(database, { migrations: await loadMigrations() });
    await database.close();
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

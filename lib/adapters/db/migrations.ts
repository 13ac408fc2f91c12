import type { Migration } from "../../../db/migrate.ts";

const FOLDER = new URL("../../../db/migrations/", import.meta.url);
const FILE = /^(\d{4}_\w+)\.sql$/;

/** Reads db/migrations from disk, in order. Not for edge code, which has no disk. */
export async function loadMigrations(folder: URL = FOLDER): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name: file } of Deno.readDir(folder)) {
    const name = FILE.exec(file)?.[1];
    if (name !== undefined) migrations.push({ name, sql: await Deno.readTextFile(new URL(file, folder)) });
  }
  return migrations.sort((a, b) => a.name < b.name ? -1 : 1);
}

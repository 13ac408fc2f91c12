import { ROOT } from "#root";

const FOLDER = new URL("./db/migrations/", ROOT);
const FILE = /^(\d{4}_\w+)\.sql$/;

export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

/** Reads db/migrations from disk, in order. Not for edge code, which has no disk. */
export async function loadMigrations(folder: URL = FOLDER): Promise<MigrationFile[]> {
  const migrations: MigrationFile[] = [];
  for await (const { name: file } of Deno.readDir(folder)) {
    const name = FILE.exec(file)?.[1];
    if (name !== undefined) migrations.push({ name, sql: await Deno.readTextFile(new URL(file, folder)) });
  }
  return migrations.sort((a, b) => a.name < b.name ? -1 : 1);
}

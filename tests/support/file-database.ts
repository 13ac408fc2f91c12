import { join } from "node:path";
import { createFileDatabase, type FileDatabase } from "../../lib/adapters/db/file.ts";

export interface Notes {
  readonly database: FileDatabase;
  readonly folder: string;
  readonly path: string;
  /** The bodies of all notes, in order of their ids. */
  bodies(): Promise<unknown[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A small file database with one table, for tests of the database itself. */
export async function openNotes(options: { readonly busyTimeoutMs?: number } = {}): Promise<Notes> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-notes-" });
  const path = join(folder, "notes.db");
  const database = await createFileDatabase({ path, ...options });
  await database.exec("create table if not exists notes (id integer primary key, body text unique)");
  return {
    database,
    folder,
    path,
    async bodies() {
      return (await database.client.execute("select body from notes order by id")).rows.map(({ body }) =>
        body
      );
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

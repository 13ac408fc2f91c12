import { join } from "node:path";
import { createFolderBackups } from "../../../lib/adapters/backups/folder.ts";
import { restoreBackup } from "../../../lib/adapters/backups/restore.ts";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { emit } from "../../../lib/events/mod.ts";
import type { Backups } from "../../../lib/ports/backups.ts";
import { openWork, type Work } from "../../support/work.ts";

/** When it is restored. */
export const AT = Date.UTC(2026, 0, 5);

interface Site {
  readonly work: Work;
  readonly backups: Backups;
  readonly folder: string;
  readonly blobs: string;
  readonly database: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A database and a folder of blobs beside it, with backups of both. */
export async function openSite(): Promise<Site> {
  const work = await openWork(({ database, folder }) => ({
    backups: createFolderBackups({
      folder: join(folder, "backups"),
      blobs: join(folder, "blobs"),
      snapshot: (path) => database.vacuumInto(path),
      version: "0.0.1",
    }),
  }));
  const { path: database, folder } = work.opened;
  return {
    work,
    backups: work.system.ports.backups,
    folder: join(folder, "backups"),
    blobs: join(folder, "blobs"),
    database,
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

/** One event. */
export const write = (site: Site, subjectId: string) =>
  site.work.ctx.transact((tx) => emit(tx, { type: "test.wrote", subjectId }));

/** A file of the workspace. */
export async function putBlob(site: Site, key: string, text: string): Promise<void> {
  await Deno.mkdir(join(site.blobs, "wsp_1"), { recursive: true });
  await Deno.writeTextFile(join(site.blobs, key), text);
}

/** A backup of the site, over what it has now. */
export const restore = (site: Site, id: string) =>
  restoreBackup({ folder: site.folder, id, database: site.database, blobs: site.blobs, at: AT });

/** What the database file holds now, opened anew. */
export async function subjectsIn(path: string): Promise<string[]> {
  const database = await createFileDatabase({ path });
  try {
    const { rows } = await database.client.execute("select subject_id from events order by seq");
    return rows.map((row) => String(row.subject_id));
  } finally {
    await database.close();
  }
}

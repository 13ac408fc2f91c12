import { AppError } from "../../kernel/errors.ts";
import { createFileDatabase, type FileDatabase } from "./file.ts";
import { readOwnerFile } from "./owner.ts";
import type { RemoteDatabase } from "./remote.ts";

/** The part of the settings that is read here. */
export interface DatabaseSettings {
  readonly database:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "remote"; readonly url: string; readonly authToken: string | null };
}

export interface OpenOptions {
  /**
   * For the server true: never through another owner; throws AppError `conflict` with its pid instead. For a worker
   * "never": through an owner only; throws AppError `upstream_failed` when none comes in time.
   */
  readonly own?: boolean | "never";
  readonly onWarning?: (message: string) => void;
  /** How long to wait for an owner that is just starting, milliseconds; default 5,000. */
  readonly waitMs?: number;
}

const WAIT_MS = 5000;
const LOOK_AGAIN_MS = 100;

/**
 * The database of the settings: remote; or the file, as its owner; or, when another process owns the file, through
 * that one's Hrana endpoint as `owner.json` in `dataFolder` names it.
 */
export async function openDatabase(
  { database: settings }: DatabaseSettings,
  dataFolder: string,
  { own = false, onWarning, waitMs = WAIT_MS }: OpenOptions = {},
): Promise<FileDatabase | RemoteDatabase> {
  if (settings.kind === "remote") return await connect(settings);
  const until = performance.now() + waitMs;
  if (own === "never") return await visit(dataFolder, until);
  for (;;) {
    try {
      return await createFileDatabase({
        path: settings.path,
        ...(onWarning === undefined ? {} : { onWarning }),
      });
    } catch (thrown) {
      const owned = thrown instanceof AppError && thrown.code === "conflict";
      if (!owned || own) throw thrown;
      const reached = await throughOwner(dataFolder, thrown.extra.owner_pid);
      if (reached !== null) return reached;
      if (performance.now() > until) throw thrown;
    }
    // Between the claim of a file and its owner.json lies the owner's start.
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function visit(dataFolder: string, until: number): Promise<RemoteDatabase> {
  for (;;) {
    const reached = await throughOwner(dataFolder, null);
    if (reached !== null) return reached;
    if (performance.now() > until) {
      throw new AppError("upstream_failed", `No server owns the database in ${dataFolder}: start one first`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** The client for libSQL over HTTP is loaded where it is used: a server that owns its file has no need of it. */
async function connect(to: { url: string; authToken: string | null }): Promise<RemoteDatabase> {
  const { createRemoteDatabase } = await import("./remote.ts");
  return createRemoteDatabase(to);
}

/** `pid`: of the process that holds the file; null where only an answer tells. */
async function throughOwner(dataFolder: string, pid: unknown): Promise<RemoteDatabase | null> {
  const owner = await readOwnerFile(dataFolder);
  // The record of an earlier owner outlives a kill; the lock's pid can't.
  if (owner === null || (pid !== null && owner.pid !== pid)) return null;
  const database = await connect({ url: owner.url, authToken: owner.token });
  try {
    await database.ping();
    return database;
  } catch {
    await database.close();
    return null;
  }
}

import { join } from "node:path";
import { migrate } from "../../db/migrate.ts";
import { createFileDatabase, type FileDatabase } from "../../lib/adapters/db/file.ts";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { loadMigrations } from "../../lib/adapters/db/migrations.ts";
import { createRemoteDatabase, type RemoteDatabase } from "../../lib/adapters/db/remote.ts";

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
  const file = await createFileDatabase({ path, durable: false });
  const remote = OVER_HRANA ? openRemote(file) : null;
  return {
    database: remote === null ? file : asFile(remote.database),
    folder,
    path,
    async [Symbol.asyncDispose]() {
      await remote?.close();
      await file.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** `CAUCE_TEST_DATABASE=hrana`: the same tests over the owner's endpoint, as a worker or an isolate has it. */
const OVER_HRANA = Deno.env.get("CAUCE_TEST_DATABASE") === "hrana";

function openRemote(file: FileDatabase) {
  const token = "test-token";
  // A busy machine is no client that stalls, and no writer that never ends.
  const limits = { transactionIdleMs: 60_000, transactionMaxMs: 60_000 };
  const endpoint = serveHrana(file, { token, ...limits });
  const database = createRemoteDatabase({ url: endpoint.url, authToken: token, busyTimeoutMs: 60_000 });
  return {
    database,
    async close() {
      await database.close();
      await endpoint.shutdown();
    },
  };
}

/** Safe for tests of domains: they use what both have, and one that reaches for more fails at once. */
function asFile(database: RemoteDatabase): FileDatabase {
  return database as unknown as FileDatabase;
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

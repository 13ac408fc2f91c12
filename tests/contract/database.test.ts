import { describeDatabase } from "./database-suite.ts";
import { join } from "node:path";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { createRemoteDatabase } from "../../lib/adapters/db/remote.ts";

describeDatabase("file", async ({ busyTimeoutMs }) => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-contract-" });
  const file = await createFileDatabase({ path: join(folder, "a.db"), busyTimeoutMs });
  return {
    database: file,
    file,
    async close() {
      await file.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

describeDatabase("remote through the owner's Hrana endpoint", async ({ busyTimeoutMs }) => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-contract-" });
  const file = await createFileDatabase({ path: join(folder, "a.db"), busyTimeoutMs });
  const endpoint = serveHrana(file, { token: "contract-token" });
  const database = createRemoteDatabase({
    url: endpoint.url,
    authToken: "contract-token",
    busyTimeoutMs: Math.max(2500, busyTimeoutMs),
  });
  return {
    database,
    file,
    async close() {
      await database.close();
      await endpoint.shutdown();
      await file.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

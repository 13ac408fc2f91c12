import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { ADMIN_PASSWORD } from "../support/edge.ts";
import { startQstash } from "../support/fakes/qstash.ts";
import { TEST_KEY } from "../support/harness.ts";

const CLI = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

Deno.test("migrate readies a remote database for the edge: schema, admin, and QStash's schedule, twice the same", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-migrate-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const database = await createFileDatabase({ path: join(folder, "remote.db"), durable: false });
  opened.defer(() => database.close());
  const endpoint = serveHrana(database, { token: "token" });
  opened.defer(() => endpoint.shutdown());
  const qstash = opened.use(startQstash());
  const env = {
    CAUCE_ENV: "production",
    CAUCE_DATA: join(folder, "data"),
    DATABASE_URL: endpoint.url,
    DATABASE_AUTH_TOKEN: "token",
    JWT_SECRET: "s".repeat(32),
    ENCRYPTION_KEY: TEST_KEY,
    ADMIN_PASSWORD,
    PUBLIC_URL: "https://cauce.example.com",
    QSTASH_URL: qstash.url,
    QSTASH_TOKEN: qstash.token,
    QSTASH_CURRENT_SIGNING_KEY: qstash.currentSigningKey,
    QSTASH_NEXT_SIGNING_KEY: qstash.nextSigningKey,
  };
  const migrate = async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", CLI, "migrate"],
      env,
      cwd: folder,
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    return text.decode(stdout);
  };
  assert.match(await migrate(), /The admin was made: sign in as admin/);
  const again = await migrate();
  assert.doesNotMatch(again, /The admin was made/);
  assert.match(again, /QStash wakes the sweeper/);
  const { rows } = await database.client.execute("select username, platform_admin from users");
  assert.deepEqual(rows.map(({ username, platform_admin }) => [username, Number(platform_admin)]), [[
    "admin",
    1,
  ]]);
  assert.deepEqual([...qstash.schedules.values()].map(({ destination }) => destination), [
    "https://cauce.example.com/api/jobs/sweep",
  ]);
});

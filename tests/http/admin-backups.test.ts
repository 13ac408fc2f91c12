import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolderBackups } from "../../lib/adapters/backups/folder.ts";
import { harness } from "../support/harness.ts";

async function withBackups() {
  const house = await harness();
  const { database } = house.ports;
  const backups = createFolderBackups({
    folder: join(house.folder, "backups"),
    blobs: null,
    snapshot: (path) => database.vacuumInto(path),
    version: "0.0.1",
  });
  Object.assign(house.ports, { backups });
  return house;
}

Deno.test("POST /api/admin/backup answers 201 with a whole backup, and the list shows it", async () => {
  await using house = await withBackups();
  const { token } = await house.person({ platformAdmin: true });
  const made = await house.request("POST", "/api/admin/backup", { token });
  assert.equal(made.status, 201);
  assert.equal(made.body.reason, "manual");
  assert.match(made.body.sha256, /^[0-9a-f]{64}$/);
  const file = await Deno.stat(join(house.folder, "backups", made.body.id, "cauce.db"));
  assert.equal(file.size, made.body.database_bytes);
  const list = await house.request("GET", "/api/v1/admin/backups", { token });
  assert.deepEqual([list.status, list.body], [200, { data: [made.body], next_cursor: null }]);
});

Deno.test("backups are for the platform's admin: an owner gets 403, nobody 401", async () => {
  await using house = await withBackups();
  const { token } = await house.person({ role: "owner" });
  for (const [method, path] of [["POST", "/api/admin/backup"], ["GET", "/api/admin/backups"]] as const) {
    assert.equal((await house.request(method, path, { token })).status, 403);
    assert.equal((await house.request(method, path)).status, 401);
  }
  assert.deepEqual(await house.ports.backups.list(), []);
});

Deno.test("with a remote database a backup is 503 not_configured and the list is empty", async () => {
  await using house = await harness();
  const { token } = await house.person({ platformAdmin: true });
  const refused = await house.request("POST", "/api/admin/backup", { token });
  assert.deepEqual([refused.status, refused.body.code], [503, "not_configured"]);
  assert.deepEqual((await house.request("GET", "/api/admin/backups", { token })).body.data, []);
});

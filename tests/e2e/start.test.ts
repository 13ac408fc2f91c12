import assert from "node:assert/strict";
import { join } from "node:path";
import { ADMIN_PASSWORD, refusedStart, signIn, startServer, temporaryFolder } from "../support/server.ts";

const SECRETS = { JWT_SECRET: "s".repeat(40), ENCRYPTION_KEY: btoa("k".repeat(32)) };
const PASSWORD = /password, shown this once: (\S+)/;

async function get(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

async function stop(server: Awaited<ReturnType<typeof startServer>>): Promise<void> {
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
}

Deno.test("the first start prints a password once, that signs in; the second prints none", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const first = await startServer({ data });
  const password = PASSWORD.exec(first.output())?.[1] ?? "";
  assert.ok((await signIn(first.url, password)).length > 20);
  assert.equal(first.output().split(password).length, 2, "printed exactly once");
  await stop(first);
  const second = await startServer({ data });
  assert.doesNotMatch(second.output(), PASSWORD);
  assert.ok((await signIn(second.url, password)).length > 20);
  await stop(second);
  const log = await Deno.readTextFile(join(data, "logs", "cauce.log"));
  assert.ok(!log.includes(password), "the log does not keep it");
});

Deno.test("a first start on a taken port names it, and tells the admin's password all the same", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const refused = await refusedStart({ data, cwd: folder.path, env: { PORT: `${taken.addr.port}` } });
  assert.equal(refused.code, 1);
  assert.match(refused.errors, new RegExp(`PORT: ${taken.addr.port} is taken`));
  assert.doesNotMatch(refused.errors, /\n\s+at /);
  const server = await startServer({ data });
  assert.doesNotMatch(server.output(), PASSWORD);
  assert.ok((await signIn(server.url, PASSWORD.exec(refused.output)?.[1])).length > 20);
  await stop(server);
});

Deno.test("on a port that was free, links lead to the server too", async () => {
  await using folder = await temporaryFolder();
  const server = await startServer({ data: folder.path, env: { ADMIN_PASSWORD, PORT: "0" } });
  const headers = { authorization: `Bearer ${await signIn(server.url)}`, "content-type": "application/json" };
  const made = async (path: string, body: unknown = {}) => {
    const answer = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return await answer.json();
  };
  const { id } = await made("/api/operators", { name: "Luis" });
  const { url } = await made(`/api/operators/${id}/calendar`);
  const calendar = await fetch(url);
  assert.match(await calendar.text(), /^BEGIN:VCALENDAR/);
  await stop(server);
});

Deno.test("a damaged database file is told, with what brings a backup back, and is left as it is", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "cauce.db");
  await Deno.writeTextFile(file, "this is no database ".repeat(300));
  const refused = await refusedStart({ data: folder.path });
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /damaged[^]*deno task cauce restore latest/);
  assert.doesNotMatch(refused.errors, /\n\s+at /);
  assert.match(await Deno.readTextFile(file), /^this is no database/);
});

Deno.test("the data folder is its owner's alone, and every file in it", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  await Deno.mkdir(data, { mode: 0o755 });
  const server = await startServer({ data, env: { ADMIN_PASSWORD } });
  const token = await signIn(server.url);
  const made = await fetch(`${server.url}/api/admin/backup`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  assert.ok(made.ok, await made.text());
  const open: string[] = [];
  const look = async (path: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      const at = join(path, name);
      const info = await Deno.stat(at).catch((thrown) => {
        if (thrown instanceof Deno.errors.NotFound) return null;
        throw thrown;
      });
      if (info === null) continue; // a draft that has its name by now
      const { mode } = info;
      if (((mode ?? 0o777) & 0o077) !== 0) open.push(`${at.slice(data.length)} ${(mode ?? 0).toString(8)}`);
      if (isDirectory) await look(at);
    }
  };
  assert.equal(((await Deno.stat(data)).mode ?? 0) & 0o777, 0o700);
  await look(data);
  await stop(server);
  await look(data);
  assert.deepEqual(open, []);
});

Deno.test("production without secrets is refused with every problem at once", async () => {
  await using folder = await temporaryFolder();
  const refused = await refusedStart({
    data: folder.path,
    env: { CAUCE_ENV: "production", DATABASE_URL: "postgres://x", PORT: "high" },
  });
  assert.equal(refused.code, 1);
  for (const name of ["JWT_SECRET", "ENCRYPTION_KEY", "DATABASE_URL", "PORT", "ADMIN_PASSWORD"]) {
    assert.match(refused.errors, new RegExp(`${name}: `));
  }
  assert.doesNotMatch(refused.errors, /\n\s+at /);
});

Deno.test("production refuses a first start without an ADMIN_PASSWORD, and with a weak one, and takes a good one", async () => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  const production = { ...SECRETS, CAUCE_ENV: "production" };
  const none = await refusedStart({ data, env: production });
  const weak = await refusedStart({ data, env: { ...production, ADMIN_PASSWORD: "password123456789" } });
  assert.deepEqual([none.code, weak.code], [1, 1]);
  assert.match(none.errors, /ADMIN_PASSWORD: must be set/);
  assert.match(weak.errors, /ADMIN_PASSWORD: is too easy to guess/);
  const server = await startServer({ data, env: { ...production, ADMIN_PASSWORD } });
  const { body } = await get(`${server.url}/health`);
  assert.equal(body.environment, "production");
  assert.doesNotMatch(server.output(), /sample business/);
  await stop(server);
});

Deno.test("settings are read from .env, the environment wins, old names are understood with a warning", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "elsewhere");
  const text = [
    "# as written by a person",
    `ADMIN_PASSWORD="${ADMIN_PASSWORD}"`,
    "ENVIRONMENT=prod",
    "JWT_SECRET_KEY='from-the-file-from-the-file-from-the-file'",
    `ENCRYPTION_KEY=${SECRETS.ENCRYPTION_KEY}`,
    "PORT=1",
  ].join("\n");
  await Deno.writeTextFile(join(folder.path, ".env"), text);
  const server = await startServer({ data, cwd: folder.path });
  const { body } = await get(`${server.url}/health`);
  assert.equal(body.environment, "production");
  assert.match(server.output(), /JWT_SECRET_KEY is an old name, it is read as JWT_SECRET/);
  assert.ok((await signIn(server.url)).length > 20);
  await stop(server);
});

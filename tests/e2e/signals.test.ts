import assert from "node:assert/strict";
import { join } from "node:path";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { startFakeLlm } from "../support/fakes/llm.ts";
import {
  ADMIN_PASSWORD,
  refusedStart,
  type ServerProcess,
  signIn,
  startServer,
  temporaryFolder,
} from "../support/server.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const env = { ADMIN_PASSWORD };

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

/** A request that arrives in two parts, the second when it is told to; resolves when the server waits for that one. */
async function slowRequest(server: ServerProcess, token: string, body: string) {
  const { hostname, port } = new URL(server.url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  const bytes = new TextEncoder().encode(body);
  const head = `POST /api/conversations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
    `content-type: application/json\r\ncontent-length: ${bytes.length}\r\nexpect: 100-continue\r\n\r\n`;
  await conn.write(new TextEncoder().encode(head));
  const goOn = new Uint8Array(25);
  await conn.read(goOn);
  assert.equal(new TextDecoder().decode(goOn), "HTTP/1.1 100 Continue\r\n\r\n");
  await conn.write(bytes.subarray(0, 10));
  return {
    async finish(): Promise<string> {
      await conn.write(bytes.subarray(10));
      return await new Response(conn.readable).text();
    },
  };
}

/** New requests are sent away with 503, or not taken at all. */
async function untilDraining(url: string): Promise<void> {
  for (let status = 200; status === 200; await pause(10)) {
    status = await statusOf(`${url}/health`).catch(() => 503);
  }
}

Deno.test("SIGTERM to the printed pid: what runs ends well, streams say when to come back, exit 0", async () => {
  await using folder = await temporaryFolder();
  await using llm = startFakeLlm();
  llm.always({ do: "slow", ms: 1200, text: "Abrimos a las nueve." });
  const data = join(folder.path, "data");
  const server = await startServer({
    data,
    env: {
      ...env,
      COMPATIBLE_BASE_URL: llm.baseUrl,
      COMPATIBLE_API_KEY: llm.key,
      LLM_CHAIN: "compatible:model-a",
      DEBOUNCE_WEB: "10ms",
    },
  });
  const token = await signIn(server.url);
  assert.equal(Number(await Deno.readTextFile(join(data, "pid"))), server.pid);
  const owner = JSON.parse(await Deno.readTextFile(join(data, "owner.json")));
  assert.equal(owner.pid, server.pid);

  const stream = await fetch(`${server.url}/api/events/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const streamed = stream.text();
  const message = (id: string) =>
    JSON.stringify({ contact: { external_id: id }, text: "¿A qué hora abren el sábado?" });
  // One whose answer is being made when the signal comes, and one that has only half arrived.
  const asked = await fetch(`${server.url}/api/conversations`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: message("ana"),
  });
  const { conversation_id: talk } = await asked.json();
  while (llm.requests.length === 0) await pause(10);
  const slow = await slowRequest(server, token, message("luis"));

  server.signal("SIGTERM");
  await untilDraining(server.url);
  const late = await fetch(`${server.url}/api/health`);
  assert.deepEqual([late.status, (await late.json()).code, late.headers.get("retry-after")], [
    503,
    "shutting_down",
    "1",
  ]);
  assert.match(await slow.finish(), /^HTTP\/1\.1 202 /);
  assert.match(await streamed, /retry: 1000\n: drain\n\n$/);
  assert.equal(await server.ended, 0);
  const left = await names(data);
  for (const name of ["pid", "owner.json"]) assert.ok(!left.includes(name), `${name} is gone`);

  const database = await createFileDatabase({ path: join(data, "cauce.db") });
  const count = async (sql: string, ...args: string[]) => {
    const { rows: [row] } = await database.client.execute({ sql, args });
    return Number(row?.n);
  };
  const answered = await count(
    "select count(*) n from messages where conversation_id = ? and direction = 'out'",
    talk,
  );
  const taken = await count(
    "select count(*) n from contact_identities where value = ? and kind = 'external'",
    "luis",
  );
  const leased = await count("select count(*) n from jobs where state = 2");
  await database.close();
  assert.deepEqual({ answered, taken, leased }, { answered: 1, taken: 1, leased: 0 });
});

Deno.test("SIGINT drains too, and a second signal ends at once", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const first = await startServer({ data, env });
  first.signal("SIGINT");
  assert.equal(await first.ended, 0);

  const second = await startServer({ data, env });
  const token = await signIn(second.url);
  const held = await slowRequest(second, token, JSON.stringify({ contact: {}, text: "never sent whole" }));
  second.signal("SIGTERM");
  await untilDraining(second.url);
  second.signal("SIGTERM");
  assert.equal(await second.ended, 1);
  await held.finish().catch(() => {});
});

Deno.test("a second server on the data is refused with the first one's pid; after a kill the next starts", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const first = await startServer({ data, env });
  const refused = await refusedStart({ data, env });
  assert.equal(refused.code, 1);
  assert.match(refused.errors, new RegExp(`in use by process ${first.pid}\\b`));
  assert.doesNotMatch(refused.errors, /\n\s+at /, "no stack for what a person can mend");
  assert.equal(Number(await Deno.readTextFile(join(data, "pid"))), first.pid);
  assert.equal(await statusOf(`${first.url}/health`), 200);

  await first.kill();
  const second = await startServer({ data, env });
  assert.notEqual(second.pid, first.pid);
  assert.equal(Number(await Deno.readTextFile(join(data, "pid"))), second.pid);
  assert.equal(JSON.parse(await Deno.readTextFile(join(data, "owner.json"))).pid, second.pid);
  assert.ok((await signIn(second.url)).length > 20, "what was there before the kill is there");
  second.signal("SIGTERM");
  assert.equal(await second.ended, 0);
});

import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { createHranaHandler, type HranaOptions, serveHrana } from "../../../lib/adapters/db/hrana-server.ts";
import { createRemoteDatabase } from "../../../lib/adapters/db/remote.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { type Notes, openNotes } from "../../support/file-database.ts";
import { holdTimers } from "../../support/timers.ts";

const TOKEN = "a-token-of-this-test";

/** A pipeline call as a client makes it, without a socket. */
function caller(notes: Notes, options: Partial<HranaOptions> = {}) {
  const handler = createHranaHandler(notes.database, { token: TOKEN, ...options });
  const send = (path: string, body: unknown, token = TOKEN) =>
    handler(
      new Request(`http://owner${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    );
  const pipeline = async (baton: string | null, ...requests: unknown[]) => {
    const response = await send("/v3/pipeline", { baton, requests });
    return { status: response.status, body: await response.json() };
  };
  return { handler, send, pipeline };
}

const execute = (text: string, args: unknown[] = []) => ({ type: "execute", stmt: { sql: text, args } });
const insert = (body: string) =>
  execute("insert into notes (body) values (?)", [{ type: "text", value: body }]);

Deno.test("hrana answers nobody without the token", async () => {
  await using notes = await openNotes();
  const { handler, send } = caller(notes);
  for (const token of ["", "wrong", `${TOKEN}x`, TOKEN.slice(1)]) {
    const response = await send("/v3/pipeline", { baton: null, requests: [insert("x")] }, token);
    assert.equal(response.status, 401);
    await response.body?.cancel();
  }
  assert.equal((await handler(new Request("http://owner/v3"))).status, 401);
  assert.deepEqual(await notes.bodies(), []);
});

Deno.test("hrana says which versions it speaks", async () => {
  await using notes = await openNotes();
  const { handler } = caller(notes);
  const statusOf = async (path: string) => {
    const response = await handler(
      new Request(`http://owner${path}`, { headers: { authorization: `Bearer ${TOKEN}` } }),
    );
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual(await Promise.all(["/v2", "/v3", "/v3-protobuf", "/"].map(statusOf)), [
    200,
    200,
    404,
    404,
  ]);
});

Deno.test("hrana refuses a malformed request as the client's mistake", async () => {
  await using notes = await openNotes();
  const { handler, send } = caller(notes);
  for (const body of [{}, { requests: [{ type: "dance" }] }, { requests: "all" }]) {
    const response = await send("/v2/pipeline", body);
    assert.equal(response.status, 400);
    assert.equal((await response.json()).code, "HRANA_PROTO_ERROR");
  }
  const headers = { authorization: `Bearer ${TOKEN}` };
  const broken = await handler(
    new Request("http://owner/v2/pipeline", { method: "POST", headers, body: "{" }),
  );
  assert.equal(broken.status, 400);
  await broken.body?.cancel();
});

Deno.test("hrana takes a baton once", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes);
  const first = await pipeline(null, execute("begin immediate"), insert("a"));
  const second = await pipeline(first.body.baton, insert("b"));
  assert.notEqual(second.body.baton, first.body.baton);
  assert.equal((await pipeline(first.body.baton, insert("stolen"))).status, 400);
  const last = await pipeline(second.body.baton, execute("commit"), { type: "close" });
  assert.equal(last.body.baton, null);
  assert.deepEqual(await notes.bodies(), ["a", "b"]);
});

Deno.test("hrana rolls back a stream that is closed inside a transaction", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes);
  await pipeline(null, execute("begin"), insert("a"), { type: "close" });
  await notes.database.client.execute("insert into notes (body) values ('after')");
  assert.deepEqual(await notes.bodies(), ["after"]);
});

Deno.test("hrana ends a write transaction that stalls, and others write on", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes, { transactionIdleMs: 30 });
  const stalled = await pipeline(null, execute("begin immediate"), insert("stalled"));
  await notes.database.transact((tx) => tx.run(sql`insert into notes (body) values ('other')`));
  const late = await pipeline(stalled.body.baton, insert("late"), execute("commit"), { type: "close" });
  assert.deepEqual(late.body.results.slice(0, 2).map((one: { error: { code: string } }) => one.error.code), [
    "SQLITE_BUSY",
    "SQLITE_BUSY",
  ]);
  assert.deepEqual(await notes.bodies(), ["other"]);
});

Deno.test("hrana bounds a write transaction that never stalls", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes, { transactionMaxMs: 60 });
  let { body } = await pipeline(null, execute("begin immediate"), insert("greedy"));
  const other = notes.database.client.execute("insert into notes (body) values ('other')");
  let failure: { code: string } | undefined;
  while (failure === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    ({ body } = await pipeline(body.baton, execute("select 1")));
    failure = body.results[0].error;
  }
  assert.equal(failure.code, "SQLITE_BUSY");
  await other;
  await pipeline(body.baton, { type: "close" });
  assert.deepEqual(await notes.bodies(), ["other"]);
});

Deno.test("hrana forgets a stream that is idle for too long", async () => {
  await using notes = await openNotes();
  using idle = holdTimers(4321);
  const { pipeline } = caller(notes, { streamIdleMs: 4321 });
  const first = await pipeline(null, execute("begin readonly"), execute("select 1"));
  idle.ring();
  assert.equal((await pipeline(first.body.baton, execute("select 1"))).status, 400);
});

Deno.test("writers that wait too long behind a foreign transaction are told busy", async () => {
  await using notes = await openNotes({ busyTimeoutMs: 50 });
  const { pipeline } = caller(notes, { transactionIdleMs: 60_000, transactionMaxMs: 60_000 });
  const holding = await pipeline(null, execute("begin immediate"), insert("held"));
  await assert.rejects(
    notes.database.transact((tx) => tx.run(sql`insert into notes (body) values ('other')`)),
    (thrown) => thrown instanceof AppError && thrown.code === "busy",
  );
  await pipeline(holding.body.baton, execute("commit"), { type: "close" });
  assert.deepEqual(await notes.bodies(), ["held"]);
});

Deno.test("hrana tells the owner of every commit that is not its own", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes);
  let told = 0;
  const stop = notes.database.onForeignCommit(() => told++);
  await pipeline(null, insert("a"), { type: "close" });
  assert.equal(told, 1);
  await pipeline(null, execute("select 1"), execute("begin"), insert("b"), execute("rollback"), {
    type: "close",
  });
  assert.equal(told, 1);
  await pipeline(null, execute("begin"), insert("c"), execute("commit"), { type: "close" });
  assert.equal(told, 2);
  stop();
  await pipeline(null, insert("d"), { type: "close" });
  assert.equal(told, 2);
});

Deno.test("hrana switches foreign keys for the stream's own transaction only", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes);
  await notes.database.exec("create table child (note integer references notes (id))");
  const orphan = execute("insert into child values (99)");
  const off = execute("pragma foreign_keys=off");
  const { body } = await pipeline(null, off, execute("begin"), orphan, execute("commit"));
  assert.deepEqual(body.results.map((one: { type: string }) => one.type), ["ok", "ok", "ok", "ok"]);
  await assert.rejects(notes.database.client.execute("insert into child values (98)"), /FOREIGN KEY/);
  await pipeline(body.baton, { type: "close" });
});

Deno.test("hrana runs batches with conditions, stored texts, sequences and descriptions", async () => {
  await using notes = await openNotes();
  const { pipeline } = caller(notes);
  const step = (text: string, condition?: unknown) => ({
    stmt: { sql: text },
    ...(condition ? { condition } : {}),
  });
  const { body } = await pipeline(
    null,
    { type: "store_sql", sql_id: 1, sql: "insert into notes (body) values ('stored')" },
    { type: "execute", stmt: { sql_id: 1 } },
    {
      type: "batch",
      batch: {
        steps: [
          step("insert into notes (body) values ('stored')"),
          step("insert into notes (body) values ('skipped')", { type: "ok", step: 0 }),
          step("insert into notes (body) values ('on error')", { type: "error", step: 0 }),
          step("insert into notes (body) values ('so')", {
            type: "and",
            conds: [{ type: "is_autocommit" }, { type: "not", cond: { type: "ok", step: 1 } }],
          }),
        ],
      },
    },
    {
      type: "sequence",
      sql: "insert into notes (body) values ('s1'); insert into notes (body) values ('s2')",
    },
    { type: "describe", sql: "select id, body from notes where id = :id and body <> ?" },
    { type: "get_autocommit" },
    { type: "close_sql", sql_id: 1 },
    { type: "close" },
  );
  const [, , batch, , describe, autocommit] = body.results.map((one: { response: Record<string, unknown> }) =>
    one.response
  );
  assert.equal(batch.result.step_errors[0].code, "SQLITE_CONSTRAINT");
  assert.equal(batch.result.step_results[1], null);
  assert.deepEqual(await notes.bodies(), ["stored", "on error", "so", "s1", "s2"]);
  assert.deepEqual(describe.result, {
    params: [{ name: ":id" }, { name: null }],
    cols: [{ name: "id", decltype: "INTEGER" }, { name: "body", decltype: "TEXT" }],
    is_explain: false,
    is_readonly: true,
  });
  assert.equal(autocommit.is_autocommit, true);
});

Deno.test("hrana's cursor streams the steps of a batch as lines", async () => {
  await using notes = await openNotes();
  const { send } = caller(notes);
  const steps = [
    "insert into notes (body) values ('a'), ('b')",
    "select body from notes",
    "select * from nowhere",
  ];
  const response = await send("/v3/cursor", {
    batch: { steps: steps.map((text) => ({ stmt: { sql: text } })) },
  });
  const lines = (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.slice(1).map(({ type, step }) => [type, step]), [
    ["step_begin", 0],
    ["step_end", undefined],
    ["step_begin", 1],
    ["row", undefined],
    ["row", undefined],
    ["step_end", undefined],
    ["step_error", 2],
  ]);
  assert.equal(lines[2].affected_row_count, 2);
  assert.deepEqual(lines[4].row, [{ type: "text", value: "a" }]);
  const close = await send("/v3/pipeline", { baton: lines[0].baton, requests: [{ type: "close" }] });
  await close.body?.cancel();
});

Deno.test("many remote transactions at once all commit, and local writers go on beside them", async () => {
  const busyTimeoutMs = 60_000;
  await using notes = await openNotes({ busyTimeoutMs });
  const endpoint = serveHrana(notes.database, {
    token: TOKEN,
    transactionIdleMs: 60_000,
    transactionMaxMs: 60_000,
  });
  const remote = createRemoteDatabase({ url: endpoint.url, authToken: TOKEN, busyTimeoutMs });
  const write = (database: typeof remote | Notes["database"], body: string) =>
    database.transact(async (tx) => {
      await tx.run(sql`insert into notes (body) values (${body})`);
      await tx.run(sql`update notes set body = body || '!' where body = ${body}`);
    });
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => [write(remote, `r${i}`), write(notes.database, `l${i}`)]).flat(),
  );
  await remote.close();
  await endpoint.shutdown();
  assert.equal(new Set(await notes.bodies()).size, 60);
});

Deno.test("a remote database that can't be reached says so", async () => {
  const remote = createRemoteDatabase({ url: "http://127.0.0.1:1", authToken: "x" });
  const unreachable = (thrown: unknown) => thrown instanceof AppError && thrown.code === "upstream_failed";
  await assert.rejects(remote.ping(), unreachable);
  await assert.rejects(remote.transact((tx) => tx.run(sql`select 1`)), unreachable);
  await remote.close();
});

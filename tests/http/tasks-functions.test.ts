import assert from "node:assert/strict";
import { z } from "zod";
import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { audit, listAudit } from "../../lib/audit/mod.ts";
import type { Ctx } from "../../lib/context.ts";
import { usageSummary } from "../../lib/usage/mod.ts";
import { changeMemberRole } from "../../lib/identity/mod.ts";
import { defineFunction } from "../../lib/kernel/define-function.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { startFakeLlm } from "../support/fakes/llm.ts";
import { gatesOf } from "../support/llm.ts";
import { startWorker, withFunctions } from "../support/tasks.ts";

const BASE = "/api/high-scale-tasks";

async function submit(h: Harness, { token }: Person, function_name: string, args?: unknown) {
  return await h.request("POST", `${BASE}/submit`, { token, body: { function_name, args } });
}

async function run(h: Harness, person: Person, function_name: string, args?: unknown) {
  const { status, body } = await submit(h, person, function_name, args);
  assert.equal(status, 202, JSON.stringify(body));
  await using worker = await startWorker(h);
  await worker.idle();
  return await read(h, person, body.task_id);
}

async function read(h: Harness, { token }: Person, id: string) {
  return (await h.request("GET", `${BASE}/tasks/${id}`, { token })).body;
}

Deno.test("every tool can be submitted as a task, by who holds its scope", async () => {
  await using h = await harness();
  const owner = await h.person();
  const added = await run(h, owner, "knowledge.add", {
    title: "¿Abren?",
    body: "Sí.",
    kind: "pair",
    locale: "es",
  });
  assert.deepEqual([added.state, added.error], ["done", null], JSON.stringify(added));
  const listed = await run(h, owner, "knowledge.list");
  assert.equal(listed.result.data.length, 1);
  const operator = await h.person({ role: "operator", workspaceId: owner.workspaceId });
  const refused = await submit(h, operator, "keys.list", {});
  assert.deepEqual([refused.status, refused.body.required_scope], [403, "api_keys:read"]);
  assert.equal((await submit(h, owner, "keys.create", { name: "k" })).status, 422, "its answer is a secret");
  const wrong = await submit(h, owner, "knowledge.list", { limit: 0, state: 3 });
  assert.equal(wrong.status, 422);
  assert.ok(wrong.body.errors.every(({ path }: { path: string }) => path.startsWith("args.")));
});

Deno.test("a tool runs with the scopes that its submitter has when it runs", async () => {
  await using h = await harness();
  const owner = await h.person();
  const admin = await h.person({ role: "admin", workspaceId: owner.workspaceId });
  const { body } = await submit(h, admin, "knowledge.add", { title: "¿Abren?", body: "Sí." });
  await changeMemberRole(owner.ctx, { userId: admin.userId, role: "member" });
  await using worker = await startWorker(h);
  await worker.idle();
  const task = await read(h, owner, body.task_id);
  assert.equal(task.state, "dead");
  assert.match(task.error, /knowledge:write/);
  const { body: entries } = await h.request("GET", "/api/knowledge/entries", { token: owner.token });
  assert.deepEqual(entries.data, []);
});

Deno.test("what a function writes ends its task in the same commit, so that it is written once", async () => {
  const more = withFunctions([
    defineFunction<Ctx, z.ZodTuple<[]>, z.ZodNumber>({
      name: "test.write",
      summary: "Writes, then fails",
      workerType: "IO_INTENSIVE",
      args: z.tuple([]),
      result: z.number(),
      examples: [{ args: [] }],
      run: async (_args, { ctx }) => {
        await ctx.transact((tx) => audit(tx, { action: "test.effect" }));
        throw new Error("after the effect");
      },
    }),
  ]);
  await using h = await harness({ ports: more.ports });
  const owner = await h.person();
  const { body } = await submit(h, owner, "test.write");
  await using worker = await startWorker(h, more);
  await worker.idle();
  h.clock.advance(600_000);
  await worker.idle();
  const task = await read(h, owner, body.task_id);
  assert.deepEqual([task.state, task.attempts, task.error], ["done", 1, "after the effect"]);
  const { data } = await listAudit(owner.ctx, { limit: 50, action: "test.effect" });
  assert.deepEqual(data.map(({ actorId }) => actorId), [owner.userId]);
});

Deno.test("a result that is no JSON, or too large, fails the task of a function that runs beside the server, which goes on", async () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const given: Record<string, unknown> = {
    bigint: 1n,
    cycle,
    infinity: [Infinity],
    large: "x".repeat(9 * 1024 * 1024),
    fine: "fine",
  };
  const more = withFunctions([
    defineFunction<Ctx, z.ZodTuple<[z.ZodString]>, z.ZodUnknown>({
      name: "test.give",
      summary: "Gives what it is asked for",
      workerType: "IO_INTENSIVE",
      args: z.tuple([z.string()]),
      result: z.unknown(),
      examples: [{ args: ["fine"] }],
      run: ([name]) => Promise.resolve(given[name]),
    }),
  ]);
  await using h = await harness({ ports: more.ports });
  const owner = await h.person();
  await using worker = await startWorker(h, more);
  for (
    const [name, reason] of [
      ["bigint", /result can't be written as JSON/],
      ["cycle", /result can't be written as JSON/],
      ["infinity", /Infinity at "0" is no number/],
      ["large", /result is larger than 8388608 bytes/],
    ] as const
  ) {
    const { body } = await submit(h, owner, "test.give", [name]);
    await worker.idle();
    const task = await read(h, owner, body.task_id);
    assert.deepEqual([task.state, task.attempts, task.result], ["failed", 1, null], name);
    assert.match(task.error, reason);
  }
  const { body } = await submit(h, owner, "test.give", ["fine"]);
  await worker.idle();
  assert.equal((await read(h, owner, body.task_id)).result, "fine");
});

Deno.test("http.request reaches the public internet only, and gives any status as a result", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const status = Number(new URL(request.url).pathname.slice(1));
    return new Response(`${request.method} ${await request.text()}`, {
      status,
      headers: { "retry-after": "7" },
    });
  });
  const url = (status: number) => `http://127.0.0.1:${server.addr.port}/${status}`;
  {
    await using h = await harness({ ports: { fetch: createGuardedFetch({ allowLoopbackForTests: true }) } });
    const owner = await h.person();
    const given = await run(h, owner, "http.request", { url: url(404), method: "POST", body: "hola" });
    assert.deepEqual([given.result.status, given.result.body], [404, "POST hola"]);
    const later = await run(h, owner, "http.request", [{ url: url(503) }]);
    assert.deepEqual([later.state, later.waiting_for.reason, later.attempts], ["queued", "rate_limited", 0]);
  }
  await using h = await harness({ ports: { fetch: createGuardedFetch() } });
  const owner = await h.person();
  for (const target of [url(200), "http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1/"]) {
    const refused = await run(h, owner, "http.request", { url: target });
    assert.equal(refused.state, "failed", target);
    assert.match(refused.error, /public internet/);
  }
  for (const target of ["file:///etc/passwd", "ftp://example.com", "nonsense"]) {
    assert.equal((await submit(h, owner, "http.request", { url: target })).status, 422, target);
  }
});

Deno.test("file functions stay inside the workspace", async () => {
  await using h = await harness();
  const [mine, other] = [await h.person(), await h.person()];
  const path = "notes/hola.txt";
  assert.equal((await run(h, mine, "file.write", { path, text: "año" })).result.bytes, 4);
  assert.equal((await run(h, mine, "file.read", { path })).result, "año");
  assert.deepEqual((await run(h, mine, "file.list", { folder: "notes" })).result, [{ path, bytes: 4 }]);
  assert.deepEqual((await run(h, other, "file.list")).result, []);
  assert.equal((await run(h, other, "file.read", { path })).state, "failed");
  for (const bad of ["../x", "/etc/passwd", "a/../../b", ".hidden", "a//b", "a\\b", "a\u0000"]) {
    assert.equal((await submit(h, mine, "file.read", { path: bad })).status, 422, bad);
  }
  await run(h, mine, "file.delete", { path });
  assert.equal((await run(h, mine, "file.read", { path })).state, "failed");
});

Deno.test("ai functions answer by the chain of models, count as every answer does, and say so where there is none", async () => {
  const prompt = "¿Qué es un cauce?";
  {
    await using h = await harness();
    const owner = await h.person();
    const refused = await run(h, owner, "ai.complete", { prompt });
    assert.deepEqual([refused.state, refused.attempts], ["failed", 1]);
    assert.match(refused.error, /not_configured/);
  }
  await using fake = startFakeLlm();
  await using h = await harness({ ports: { llm: gatesOf([{ name: "compatible", fake }]) } });
  const owner = await h.person();
  fake.next({ do: "ok", text: "El lecho de un río." });
  const said = await run(h, owner, "ai.complete", { prompt, instructions: "Sé breve.", max_tokens: 50 });
  assert.deepEqual(
    [said.state, said.result.text, said.result.model],
    ["done", "El lecho de un río.", "model-a"],
    JSON.stringify(said),
  );
  fake.next({ do: "ok", text: '```json\n{"name":"Ana"}\n```' });
  assert.deepEqual((await run(h, owner, "ai.json", { prompt })).result.value, { name: "Ana" });
  fake.always({ do: "status", status: 500 });
  const failed = await run(h, owner, "ai.complete", { prompt });
  assert.deepEqual(
    [failed.state, failed.attempts],
    ["queued", 1],
    "a record of the call does not end the task",
  );
  const now = h.clock.now();
  const usage = await usageSummary(owner.ctx, { from: now - 86_400_000, to: now + 86_400_000 });
  assert.ok(JSON.stringify(usage).includes('"purpose":"task"'), JSON.stringify(usage));
});

Deno.test("a report is a task's result, or a file of the workspace", async () => {
  await using h = await harness();
  const [mine, other] = [await h.person(), await h.person()];
  for (const subject of ["La impresora no imprime", "Sin internet"]) {
    const opened = await h.request("POST", "/api/tickets", { token: mine.token, body: { subject } });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
  }
  const definition = { dataset: "tickets", columns: ["number", "state"] };
  const rows = await run(h, mine, "report.rows", definition);
  assert.equal(rows.state, "done", JSON.stringify(rows));
  assert.deepEqual(rows.result.data.map(({ number }: { number: unknown }) => number).length, 2);
  assert.deepEqual((await run(h, other, "report.rows", definition)).result.data, []);
  const written = await run(h, mine, "report.write", { ...definition, path: "reports/tickets.csv" });
  assert.deepEqual([written.state, written.result?.rows], ["done", 2], JSON.stringify(written));
  const text = (await run(h, mine, "file.read", { path: "reports/tickets.csv" })).result;
  assert.equal(text.trim().split("\n").length, 3);
  assert.equal((await submit(h, mine, "report.write", { ...definition, path: "../x" })).status, 422);
  assert.equal((await run(h, mine, "report.rows", { dataset: "nothing" })).state, "failed");
});

Deno.test("the command line's tools submit and read tasks", async () => {
  await using h = await harness();
  const owner = await h.person();
  const submitted = await run(h, owner, "tasks.submit", { function_name: "math.sqrt", args: [81] });
  const { task_id: id } = submitted.result;
  assert.equal((await read(h, owner, id)).state, "done");
  assert.equal((await run(h, owner, "tasks.get", { id })).result.result, 9);
});

import assert from "node:assert/strict";
import { DAY } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";

const BASE = "/api/high-scale-tasks";

Deno.test("a submitted task is answered with its id, runs, and its result is readable", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const submitted = await h.request("POST", `${BASE}/submit`, {
    token,
    body: { function_name: "math.sqrt", args: [16], priority: "HIGH", worker_type: "CPU_INTENSIVE" },
  });
  assert.equal(submitted.status, 202);
  const { task_id: id, ...queued } = submitted.body;
  assert.match(id, /^tsk_/);
  assert.deepEqual(
    [queued.state, queued.priority, queued.worker_type, queued.result, queued.attempts],
    ["queued", "HIGH", "CPU_INTENSIVE", null, 0],
  );
  await using worker = await startWorker(h);
  await worker.idle();
  const { body } = await h.request("GET", `${BASE}/tasks/${id}`, { token });
  assert.deepEqual([body.state, body.result, body.args, body.attempts, body.error], [
    "done",
    4,
    [16],
    1,
    null,
  ]);
  assert.ok(body.started_at !== null && body.finished_at !== null);
});

Deno.test("a task of another workspace is not found", async () => {
  await using h = await harness();
  const [mine, other] = [await h.person(), await h.person()];
  const { body } = await h.request("POST", `${BASE}/submit`, {
    token: mine.token,
    body: { function_name: "math.sqrt", args: [16] },
  });
  const seen = await h.request("GET", `${BASE}/tasks/${body.task_id}`, { token: other.token });
  assert.equal(seen.status, 404);
  assert.deepEqual((await h.request("GET", `${BASE}/tasks`, { token: other.token })).body.data, []);
});

Deno.test("an unknown function is refused with near names, and arguments that do not fit with their paths", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const submit = (body: unknown) => h.request("POST", `${BASE}/submit`, { token, body });
  const unknown = await submit({ function_name: "math.sqr" });
  assert.equal(unknown.status, 422);
  assert.equal(unknown.body.near_names[0], "math.sqrt");
  assert.deepEqual(unknown.body.errors.map(({ path }: { path: string }) => path), ["function_name"]);
  const wrong = await submit({ function_name: "math.statistics", args: [[1, "2", null]] });
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.body.errors.map(({ path }: { path: string }) => path), ["args.0.1", "args.0.2"]);
  for (const name of ["constructor", "__proto__", "toString", "eval"]) {
    assert.equal((await submit({ function_name: name })).status, 422, name);
  }
});

Deno.test("a time in the past, or beyond a year, is refused; a delay holds the task back", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const submit = (more: object) =>
    h.request("POST", `${BASE}/submit`, { token, body: { function_name: "math.sqrt", args: [9], ...more } });
  const past = await submit({ run_at: new Date(h.clock.now() - 1000).toISOString() });
  const far = await submit({ delay_ms: 366 * DAY });
  assert.deepEqual([past.status, far.status], [422, 422]);
  assert.deepEqual(past.body.errors.map(({ path }: { path: string }) => path), ["run_at"]);
  const later = await submit({ delay_ms: 60_000 });
  await using worker = await startWorker(h);
  await worker.idle();
  const read = async () => (await h.request("GET", `${BASE}/tasks/${later.body.task_id}`, { token })).body;
  assert.equal((await read()).state, "queued");
  h.clock.advance(60_000);
  await worker.idle();
  assert.equal((await read()).result, 3);
});

Deno.test("tasks are listed newest first, by state, function and worker type", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const submit = async (function_name: string, args: unknown) =>
    (await h.request("POST", `${BASE}/submit`, { token, body: { function_name, args } })).body.task_id;
  const ids = [
    await submit("math.sqrt", [4]),
    await submit("text.upper", ["a"]),
    await submit("math.sqrt", [9]),
  ];
  const list = async (query: string) =>
    (await h.request("GET", `${BASE}/tasks?${query}`, { token })).body.data.map((
      { task_id }: { task_id: string },
    ) => task_id);
  assert.deepEqual(await list(""), ids.toReversed());
  assert.deepEqual(await list("function_name=math.sqrt"), [ids[2], ids[0]]);
  assert.deepEqual(await list("worker_type=GENERAL_PURPOSE"), [ids[1]]);
  assert.deepEqual(await list("state=done"), []);
  const first = await h.request("GET", `${BASE}/tasks?limit=2`, { token });
  assert.deepEqual(await list(`limit=2&cursor=${first.body.next_cursor}`), [ids[0]]);
});

Deno.test("a list of what hardly any task is looks at 5,000 tasks a page, and its cursors lead to all that fit", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const submit = async (count: number, function_name: string) => {
    const tasks = Array.from({ length: count }, () => ({ function_name, args: ["a"] }));
    const { status, body } = await h.request("POST", `${BASE}/batch`, { token, body: { tasks } });
    assert.equal(status, 202);
    return body.task_ids;
  };
  const [oldest] = await submit(1, "text.reverse");
  await submit(9000, "text.upper");
  const found: string[] = [];
  const sizes: number[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = `function_name=text.reverse&limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const { body } = await h.request("GET", `${BASE}/tasks?${query}`, { token });
    found.push(...body.data.map(({ task_id }: { task_id: string }) => task_id));
    sizes.push(body.data.length);
    cursor = body.next_cursor;
  }
  assert.deepEqual(found, [oldest]);
  assert.deepEqual(sizes, [0, 1], "the first look ends before it comes to it, the second goes to the end");
});

Deno.test("arguments and results over 64 KiB are kept apart and read back whole", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const text = "ñandú ".repeat(30_000);
  const { body } = await h.request("POST", `${BASE}/submit`, {
    token,
    body: { function_name: "text.upper", args: [text] },
  });
  await using worker = await startWorker(h);
  await worker.idle();
  const listed = (await h.request("GET", `${BASE}/tasks`, { token })).body.data[0];
  assert.equal(listed.result, null);
  assert.equal(listed.result_bytes, new TextEncoder().encode(JSON.stringify(text.toUpperCase())).byteLength);
  const read = await h.request("GET", `${BASE}/tasks/${body.task_id}`, { token });
  assert.equal(read.body.result, text.toUpperCase());
  assert.deepEqual(read.body.args, [text]);
});

Deno.test("the functions are listed with schemas and examples", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { body } = await h.request("GET", `${BASE}/functions`, { token });
  const sqrt = body.data.find((one: { function_name: string }) => one.function_name === "math.sqrt");
  assert.deepEqual(sqrt.args.prefixItems, [{ type: "number", minimum: 0 }]);
  assert.deepEqual(sqrt.examples, [{ args: [16], result: 4 }]);
});

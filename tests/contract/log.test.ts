import assert from "node:assert/strict";
import { createJsonLogger } from "../../lib/adapters/log/json.ts";

function collect(options: Partial<Parameters<typeof createJsonLogger>[0]> = {}) {
  let text = "";
  const log = createJsonLogger({
    service: "api",
    write: (lines) => void (text += new TextDecoder().decode(lines)),
    now: () => 1_000,
    ...options,
  });
  const lines = () => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { log, lines, text: () => text };
}

const event = {
  request_id: "req_1",
  method: "GET",
  route: "/api/conversations/{id}",
  status: 200,
  ms: 1.23456,
  actor: "usr_1",
  workspace: null,
};

Deno.test("log writes one JSON object a line with time, level, service and message", async () => {
  const { log, lines } = collect();
  log.log("info", "started", { port: 8000, level: "mine" });
  await log.close();
  assert.deepEqual(lines(), [{
    time: "1970-01-01T00:00:01.000Z",
    level: "info",
    service: "api",
    message: "started",
    port: 8000,
    field_level: "mine",
  }]);
});

Deno.test("log drops lines below its level and marks a failed request as an error", async () => {
  const { log, lines } = collect({ level: "warn" });
  log.log("info", "not shown");
  log.request(event);
  log.request({ ...event, status: 500, code: "internal" });
  await log.close();
  assert.deepEqual(lines().map((line) => [line.level, line.status, line.code]), [["error", 500, "internal"]]);
});

Deno.test("a request's event is valid JSON whatever the client put into it", async () => {
  const { log, lines } = collect();
  log.request({ ...event, route: '/"\n\\\u0000', actor: "\ud800", workspace: "wsp_1" });
  await log.close();
  const [line] = lines();
  assert.equal(line.route, '/"\n\\\u0000');
  assert.equal(line.ms, 1.23);
  assert.equal(line.workspace, "wsp_1");
});

Deno.test("a run of a job is one line, at the level of what it came to, and its error holds no secret", async () => {
  const { log, lines, text } = collect();
  const run = {
    job_id: "job_1",
    job: 'task:"x"',
    lane: "cpu",
    attempt: 2,
    workspace: null,
    worker: "wrk_1",
    outcome: "done",
    wait_ms: 3,
    ms: 1.5,
  } as const;
  log.run(run);
  log.run({ ...run, outcome: "retry", error: "Bearer abc.def-123 was refused", delay_ms: 1000, burnt: true });
  log.run({ ...run, outcome: "dead", error: 'a "quoted"\nreason' });
  await log.close();
  const [done, retry, dead] = lines();
  const { time: _time, service: _service, level, message, ...fields } = done;
  assert.deepEqual([level, message, fields], ["info", "job done", run]);
  assert.deepEqual([retry.level, retry.delay_ms, retry.burnt], ["warn", 1000, true]);
  assert.deepEqual([dead.level, dead.error], ["error", 'a "quoted"\nreason']);
  assert.doesNotMatch(text(), /abc\.def-123/);
});

Deno.test("log lets no secret and no message body through", async () => {
  const { log, text } = collect();
  const query = new Error("Failed query: insert into messages\nparams: msg_1,mein Geheimnis");
  log.log("error", "call failed with Bearer abc.def-123", {
    password: "hunter2-one",
    headers: { authorization: "Basic hunter2-two", cookie: "session=hunter2-three" },
    url: "https://x.example/?access_token=hunter2four&page=2",
    jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    input: { text: "I am ill", body: { html: "<p>ill</p>" }, message: { content: "very ill" } },
    error: new Error("outer", { cause: query }),
  });
  await log.close();
  for (const leak of ["hunter2", "abc.def-123", "eyJ", "ill<", "I am ill", "very ill", "Geheimnis"]) {
    assert.ok(!text().includes(leak), `${leak} is in ${text()}`);
  }
  assert.match(text(), /page=2/);
  assert.match(text(), /Failed query: insert into messages/);
});

Deno.test("log survives what can't be written as JSON", async () => {
  const { log, lines } = collect();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.log("info", "odd", { circle, big: 10n, nothing: undefined, call: () => 1 });
  await log.close();
  assert.equal(lines()[0].big, "10");
  assert.equal(lines().length, 1);
});

Deno.test("log keeps lines until a flush, and writes an error without waiting for one", async () => {
  const { log, lines } = collect();
  log.log("info", "first");
  assert.equal(lines().length, 0);
  log.log("error", "second");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(lines().map((line) => line.message), ["first", "second"]);
  await log.close();
  log.log("error", "after the end");
  assert.equal(lines().length, 2);
});

Deno.test("log counts the lines that a stuck output made it drop", async () => {
  let release: () => void = () => {};
  const stuck = new Promise<void>((resolve) => release = resolve);
  let text = "";
  const log = createJsonLogger({
    service: "api",
    write: async (lines) => {
      await stuck;
      text += new TextDecoder().decode(lines);
    },
  });
  const long = "x".repeat(1900);
  for (let i = 0; i < 6000; i++) log.log("info", long);
  release();
  await log.close();
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const told = lines.filter((line) => line.message === "log lines dropped").reduce(
    (sum, line) => sum + line.dropped,
    0,
  );
  assert.ok(told > 0);
  assert.equal(lines.filter((line) => line.message === long).length + told, 6000);
});

Deno.test("the log file rotates by size, keeps its number of files, and is private", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/logs/cauce.log`;
  const { log } = collect({ write: null, file: { path, maxBytes: 300, keep: 3 } });
  for (let i = 0; i < 12; i++) {
    log.log("info", `line ${i} ${"x".repeat(60)}`);
    await log.flush();
  }
  await log.close();
  const names = [...Deno.readDirSync(`${folder}/logs`)].map((entry) => entry.name).sort();
  assert.deepEqual(names, ["cauce.log", "cauce.log.1", "cauce.log.2"]);
  const last = (await Deno.readTextFile(path)).trim().split("\n").at(-1) ?? "";
  assert.match(JSON.parse(last).message, /^line 11 /);
  assert.ok((await Deno.stat(path)).size <= 300);
  if (Deno.build.os !== "windows") assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a log file that can't be written doesn't take the other output with it", async () => {
  const { log, lines } = collect({ file: { path: "/proc/nowhere/cauce.log" } });
  log.log("warn", "still here");
  await log.close();
  assert.equal(lines()[0].message, "still here");
});

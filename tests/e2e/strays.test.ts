import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { ADMIN_PASSWORD, command, signIn, startServer, temporaryFolder } from "../support/server.ts";
import { startWorkerProcess } from "../support/worker.ts";

const preload = new URL("../support/stray-preload.ts", import.meta.url);
const STRAYS = ["stray rejection", "stray timer", "stray emitter", "stray listener"];

/** The lines that tell of strays, once there are all of them. */
async function told(log: string): Promise<{ level: string; message: string; error: { stack: string } }[]> {
  return await eventually("every stray is in the log", async () => {
    const whole = (await Deno.readTextFile(log).catch(() => "")).split("\n").slice(0, -1);
    const lines = whole.filter((line) => line.includes("stray "));
    return STRAYS.every((name) => lines.some((line) => line.includes(name))) &&
      lines.map((line) => JSON.parse(line));
  });
}

Deno.test("what fails where nobody waits for it is logged and counted, and server and worker go on", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const env = { ADMIN_PASSWORD, LANES: "interactive,default,bulk,maintenance" };
  const server = await startServer({ data, env, preload });
  const worker = await startWorkerProcess("io", { data, env: { ADMIN_PASSWORD }, preload });
  const token = await signIn(server.url);
  const call = async (path: string, body?: unknown) =>
    await fetch(`${server.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  Deno.kill(server.pid, "SIGUSR2");
  worker.signal("SIGUSR2");
  for (const log of ["cauce.log", "worker.log"]) {
    const lines = await told(join(data, "logs", log));
    assert.equal(lines.length, STRAYS.length, log);
    for (const { level, message, error } of lines) {
      assert.equal(level, "error");
      assert.match(message, /nobody (awaited|could catch)/);
      assert.match(error.stack, /stray-preload\.ts/);
    }
    assert.doesNotMatch(JSON.stringify(lines), /abcdefghijklmnop/);
  }
  const metrics = await (await call("/metrics")).text();
  assert.match(metrics, /^cauce_stray_errors_total\{kind="rejection"\} 1$/m);
  assert.match(metrics, /^cauce_stray_errors_total\{kind="exception"\} 3$/m);

  // A commit of the owner, and a job of the worker.
  const io = { function_name: "math.sqrt", args: [16], worker_type: "IO_INTENSIVE" };
  const submitted = await (await call("/api/high-scale-tasks/submit", io)).json();
  await eventually("the task is done", async () => {
    const task = await (await call(`/api/high-scale-tasks/tasks/${submitted.task_id}`)).json();
    return task.state === "done";
  });
  worker.signal("SIGTERM");
  assert.equal((await worker.ended).code, 0);
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
});

Deno.test("a command that fails where nobody waits for it says so in a line, and ends with 1", async () => {
  await using folder = await temporaryFolder();
  const logs = join(folder.path, "logs");
  await Deno.mkdir(logs);
  await Deno.writeTextFile(join(logs, "cauce.log"), "a line\n");
  const child = (await command("cli/main", {
    args: ["logs", "--follow"],
    options: { data: folder.path, preload },
  })).spawn();
  const errors = new Response(child.stderr).text();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (text.includes("a line")) child.kill("SIGUSR2");
  }
  assert.equal((await child.status).code, 1);
  assert.match(await errors, /^stray \w+/m);
  assert.doesNotMatch(await errors, /Uncaught|\n\s+at /);
});

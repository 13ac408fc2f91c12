import assert from "node:assert/strict";
import { join } from "node:path";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";
import { startWorkerProcess } from "../support/worker.ts";

const env = { ADMIN_PASSWORD, LANES: "interactive,default,bulk,maintenance" };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function client(url: string, token: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/api/high-scale-tasks${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  };
  return {
    call,
    async until(id: string, ...states: string[]) {
      for (;;) {
        const task = await call("GET", `/tasks/${id}`);
        if (states.includes(task.state)) return task;
        await pause(25);
      }
    },
  };
}

const primes = (limit: number) => ({
  function_name: "math.primes",
  args: [limit],
  worker_type: "CPU_INTENSIVE",
});

Deno.test("three workers beside the server run its tasks; two that are killed lose none, and what they held is run again", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const server = await startServer({ data, env });
  const { call, until } = client(server.url, await signIn(server.url));
  const submitted = await call("POST", "/submit", primes(100));
  while ((await call("GET", `/tasks/${submitted.task_id}`)).waiting_for.reason !== "no_worker") {
    await pause(25);
  }

  const options = { data, env: { ADMIN_PASSWORD } };
  const first = await startWorkerProcess("cpu=2,general", options);
  assert.deepEqual((await until(submitted.task_id, "done")).result, { count: 25, greatest: 97 });

  // Before there is anything to hold: a process may take as long to begin as the first one to be done with it all.
  const second = await startWorkerProcess("cpu=2", options);
  const { task_ids: ids } = await call("POST", "/batch", {
    tasks: Array.from({ length: 24 }, (_, n) => primes(20_000_000 + n)),
  });
  await until(ids[0], "running", "done"); // between two looks it may come to its end
  first.signal("SIGKILL");
  const killedAt = performance.now();
  const held = (await call("GET", "/tasks?state=running&limit=200")).data.map((
    { task_id }: { task_id: string },
  ) => task_id);
  assert.ok(held.length > 0);
  await first.ended;
  // Silent for three seconds, looked at each second: on a machine with time to spare within five.
  for (const id of held) {
    for (;;) {
      const { tries, state } = await call("GET", `/tasks/${id}`);
      const lost = tries.some(({ outcome }: { outcome: string }) => outcome === "lost");
      if (state === "done" || (lost && tries.length > 1)) break;
      assert.ok(performance.now() - killedAt < 120_000, `${id} is still ${state}: ${JSON.stringify(tries)}`);
      await pause(50);
    }
  }
  const third = await startWorkerProcess("cpu=2", options);
  second.signal("SIGKILL");
  await second.ended;
  for (const id of ids) assert.equal((await until(id, "done")).result.count > 1_000_000, true);

  third.signal("SIGTERM");
  assert.deepEqual((await third.ended).code, 0);
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
});

Deno.test("a worker waits for its server, and goes on with the next one when that is killed", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const first = await startServer({ data, env });
  const worker = await startWorkerProcess("io", { data, env: { ADMIN_PASSWORD } });
  const io = { function_name: "math.sqrt", args: [16], worker_type: "IO_INTENSIVE" };
  const before = client(first.url, await signIn(first.url));
  const { task_id: done } = await before.call("POST", "/submit", io);
  await before.until(done, "done");
  await first.kill();
  const second = await startServer({ data, env });
  const after = client(second.url, await signIn(second.url));
  const { task_id: id } = await after.call("POST", "/submit", io);
  assert.equal((await after.until(id, "done")).result, 4);
  assert.equal((await after.call("GET", `/tasks/${done}`)).result, 4);
  worker.signal("SIGTERM");
  assert.equal((await worker.ended).code, 0);
  second.signal("SIGTERM");
  await second.ended;
});

Deno.test("a worker that is told of a lane that is not there says which there are", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    startWorkerProcess("cpu,gpu,io=x", { data: folder.path }),
    /there is no lane "gpu"; "io=x": a lane runs 1 to 1000/,
  );
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { CAN_MOUNT, mountSmallDisk } from "../support/small-disk.ts";
import { ADMIN_PASSWORD, refusedStart, signIn, startServer } from "../support/server.ts";

/** What is left when tasks come: the server writes of its own accord too, and a checkpoint lengthens the file. */
const ROOM_BYTES = 6 * 1024 * 1024;
/** Near to what is kept in its row: a few of them fill what is left. */
const ARGUMENT = "x".repeat(20_000);

function tasksOf(url: string, token: string) {
  const call = async (method: "GET" | "POST", path: string, body?: unknown) => {
    const answer = await fetch(`${url}/api/high-scale-tasks/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  return {
    call,
    submit: (n: number) =>
      call("POST", "submit", { function_name: "hash.sha256", args: [`${n} ${ARGUMENT}`] }),
  };
}

/** Skipped by name where nothing can be mounted; in CI, where nothing may be skipped, it is left out there. */
const test = CAN_MOUNT || !Deno.env.get("CI") ? Deno.test : () => {};

test({
  name:
    "on a disk that is full a task is 503 with Retry-After, also after a kill; none that was acknowledged is lost, and all run when there is room",
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await mountSmallDisk(96);
    assert.ok(disk !== null);
    const options = { data: join(disk.path, "data"), env: { ADMIN_PASSWORD } };
    const acknowledged: string[] = [];

    /** Hands tasks in until one is refused, and ten more. */
    async function handIn(url: string): Promise<void> {
      const tasks = tasksOf(url, await signIn(url));
      let refused = 0;
      for (let n = 0; refused < 10; n++) {
        assert.ok(n < 2000, "the disk is never full");
        const { status, headers, body } = await tasks.submit(n);
        if (status === 202) acknowledged.push(body.task_id);
        else {
          refused++;
          assert.deepEqual([status, body.code], [503, "storage_full"]);
          assert.ok(Number(headers.get("retry-after")) >= 1);
        }
      }
      const health = await fetch(`${url}/health`);
      await health.body?.cancel();
      assert.equal(health.status, 200, "the process itself is alive");
    }

    const first = await startServer(options);
    await disk.fill(ROOM_BYTES);
    await handIn(first.url);
    assert.ok(acknowledged.length > 5);
    await first.kill();
    await disk.free();

    const second = await startServer(options);
    await disk.fill(ROOM_BYTES);
    await handIn(second.url);
    await disk.free();
    const tasks = tasksOf(second.url, await signIn(second.url));
    assert.equal((await tasks.submit(0)).status, 202, "there is room again");
    // What ran when its end could not be written runs again when its lease is over.
    const until = performance.now() + 300_000;
    for (const id of acknowledged) {
      for (;;) {
        const { body } = await tasks.call("GET", `tasks/${id}`);
        if (body.state === "done") break;
        assert.ok(
          performance.now() < until && ["queued", "running"].includes(body.state),
          `${id} is ${body.state}`,
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    second.signal("SIGTERM");
    assert.equal(await second.ended, 0);
  },
});

test({
  name: "a start on a disk that is full is refused with what to do, and not with a stack",
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await mountSmallDisk(96);
    assert.ok(disk !== null);
    const options = { data: join(disk.path, "data"), env: { ADMIN_PASSWORD } };
    const first = await startServer(options);
    await first.kill();
    await disk.fill(0);
    const refused = await refusedStart(options);
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /disk is full\. Make room/);
    assert.doesNotMatch(refused.errors, /\n\s+at /);
    await disk.free();
    const again = await startServer(options);
    again.signal("SIGTERM");
    assert.equal(await again.ended, 0);
  },
});

import assert from "node:assert/strict";
import { createIsolation } from "../../lib/adapters/isolation/mod.ts";
import type { TaskIsolation } from "../../lib/ports/isolation.ts";

const open = (children: boolean) =>
  createIsolation({
    threadProgram: new URL("../support/hostile-thread.ts", import.meta.url),
    childProgram: new URL("../support/hostile-child.ts", import.meta.url),
    root: new URL("../../", import.meta.url),
    places: 2,
    megabytes: 192,
    memoryMegabytes: 192,
    children,
  });

function run(
  isolation: TaskIsolation,
  { lane, name, args = [], ms }: { lane: "cpu" | "memory"; name: string; args?: unknown[]; ms?: number },
): Promise<string> {
  const abort = new AbortController();
  const timer = ms === undefined ? undefined : setTimeout(() => abort.abort(new Error("too long")), ms);
  return isolation.run({ name: `hostile.${name}`, args, lane, signal: abort.signal, progress: () => {} })
    .finally(() => clearTimeout(timer));
}

const REFUSED = [
  ["recursion", /call stack/],
  ["heap", /more than 192 MB of memory/],
  ["buffers", /more than 192 MB of memory/],
  ["gigabyte", /memory|larger than|string length/],
  ["large", /larger than 8388608 bytes/],
  ["cycle", /can't be written as JSON/],
  ["bigint", /can't be written as JSON/],
  ["function", /there is a function at "f"/],
  ["infinity", /Infinity is no number/],
  ["missing", /does not run apart/],
  ["exit", /boom/],
] as const;

/** Memory of threads is watched by the size of their process, which other test files share: they get one of their own. */
const ALONE = Deno.env.get("CAUCE_TEST_THREADS") === "1";
const THREAD = ["a thread", "cpu", false] as const;
const CHILDREN = [["a child process", "cpu", true], ["a large child", "memory", true]] as const;

Deno.test({
  name:
    "in a process of its own a thread fails what is hostile with a clear reason, and the next call is served",
  ignore: ALONE,
  fn: async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-prompt", "--no-check", "--filter", THREAD[0], import.meta.filename ?? ""],
      env: { CAUCE_TEST_THREADS: "1", DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.ok(success, said);
    assert.match(said, /1 passed \(\d+ steps\)/);
  },
});

for (const [where, lane, children] of ALONE ? [THREAD] : CHILDREN) {
  Deno.test({
    name: `${where} fails what is hostile with a clear reason, and the next call is served`,
    sanitizeOps: false, // threads and processes that were killed are still being reaped
    sanitizeResources: false,
    fn: async (t) => {
      const isolation = open(children);
      try {
        assert.equal(await run(isolation, { lane, name: "double", args: [21] }), "42");
        assert.equal(await run(isolation, { lane, name: "nothing" }), "null");
        for (const [name, reason] of REFUSED) {
          await t.step(name, async () => {
            await assert.rejects(run(isolation, { lane, name, ms: 30_000 }), reason);
            assert.equal(await run(isolation, { lane, name: "double", args: [2] }), "4");
          });
        }
        // A thread can't be taken out of a loop that never yields; where only threads may be had, nothing loops.
        if (!children) return;
        await t.step("an infinite loop ends with its signal, others beside it go on", async () => {
          const loop = run(isolation, { lane, name: "loop", ms: 300 });
          loop.catch(() => {});
          assert.equal(await run(isolation, { lane, name: "double", args: [3] }), "6");
          await assert.rejects(loop, /too long/);
          assert.equal(await run(isolation, { lane, name: "double", args: [4] }), "8");
        });
      } finally {
        await isolation.close();
      }
    },
  });
}

Deno.test({
  name: "more calls than places wait for one, and one that is aborted while it waits never runs",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const isolation = open(true);
    try {
      const loops = [1, 2].map(() => run(isolation, { lane: "cpu", name: "loop", ms: 400 }));
      for (const loop of loops) loop.catch(() => {});
      await assert.rejects(run(isolation, { lane: "cpu", name: "double", args: [1], ms: 50 }), /too long/);
      assert.equal(await run(isolation, { lane: "cpu", name: "double", args: [5] }), "10");
    } finally {
      await isolation.close();
    }
  },
});

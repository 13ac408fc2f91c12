import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { createIsolation } from "../../lib/adapters/isolation/mod.ts";
import type { TaskIsolation } from "../../lib/ports/isolation.ts";

const open = (places = 2) =>
  createIsolation({
    program: new URL("../support/hostile-child.ts", import.meta.url),
    root: new URL("../../", import.meta.url),
    places,
    megabytes: 192,
    memoryMegabytes: 192,
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

const PROCESSES = [["a process", "cpu"], ["a process of what needs much memory", "memory"]] as const;

for (const [where, lane] of PROCESSES) {
  Deno.test({
    name: `${where} fails what is hostile with a clear reason, and the next call is served`,
    sanitizeOps: false, // processes that were killed are still being reaped
    sanitizeResources: false,
    fn: async (t) => {
      const isolation = open();
      try {
        assert.equal(await run(isolation, { lane, name: "double", args: [21] }), "42");
        assert.equal(await run(isolation, { lane, name: "nothing" }), "null");
        for (const [name, reason] of REFUSED) {
          await t.step(name, async () => {
            await assert.rejects(run(isolation, { lane, name, ms: 300_000 }), reason);
            assert.equal(await run(isolation, { lane, name: "double", args: [2] }), "4");
          });
        }
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
    const isolation = open();
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

Deno.test({
  name: "a pool that is scaled lets more run at once, then fewer, and tells what its processes use",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const isolation = open(1);
    const over = new AbortController();
    try {
      const loops = [1, 2, 3].map(() =>
        isolation.run({
          name: "hostile.loop",
          args: [],
          lane: "cpu",
          signal: over.signal,
          progress: () => {},
        })
      );
      for (const loop of loops) loop.catch(() => {});
      await eventually("a wait", () => isolation.load("cpu").waitMs > 50);
      assert.deepEqual([isolation.load("cpu").running, isolation.usage().processes], [1, 1]);
      isolation.scale("cpu", 3);
      await eventually("3 at work", () => isolation.load("cpu").running === 3);
      assert.equal(isolation.load("cpu").waitMs, 0);
      const before = isolation.usage();
      await eventually("work", () => isolation.usage().cpuMs > before.cpuMs + 100);
      await eventually("memory", () => isolation.usage().rssBytes > 3 * 20 * 1024 * 1024);
      isolation.scale("cpu", 2);
      over.abort(new Error("enough"));
      for (const loop of loops) await assert.rejects(loop, /enough/);
      await eventually("0 at work", () => isolation.load("cpu").running === 0);
      const spent = isolation.usage();
      assert.equal(spent.processes, 0);
      assert.ok(spent.cpuMs > before.cpuMs, "what ended has used what it used");
      const calls = [1, 2, 3, 4].map((n) => run(isolation, { lane: "cpu", name: "double", args: [n] }));
      assert.deepEqual(await Promise.all(calls), ["2", "4", "6", "8"]);
      assert.equal(isolation.usage().processes, 2);
      isolation.scale("cpu", 1);
      assert.equal(isolation.usage().processes, 1, "what is idle and over it ends at once");
    } finally {
      await isolation.close();
    }
  },
});

Deno.test({
  name: "a call that left the line takes no place from those behind it",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const isolation = open(1);
    try {
      const loop = run(isolation, { lane: "cpu", name: "loop", ms: 600 });
      loop.catch(() => {});
      await eventually("1 at work", () => isolation.load("cpu").running === 1);
      const left = run(isolation, { lane: "cpu", name: "double", args: [1], ms: 50 });
      const stays = run(isolation, { lane: "cpu", name: "double", args: [2], ms: 300_000 });
      await assert.rejects(left, /too long/);
      assert.equal(await stays, "4");
    } finally {
      await isolation.close();
    }
  },
});

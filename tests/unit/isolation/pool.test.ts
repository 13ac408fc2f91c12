import assert from "node:assert/strict";
import type { Apart } from "../../../lib/adapters/isolation/apart.ts";
import { Pool } from "../../../lib/adapters/isolation/pool.ts";

/** A process that answers when it is told to. */
function apart() {
  const asked = Promise.withResolvers<void>();
  const place: Apart & { ended: boolean; answer(): void } = {
    ended: false,
    ask: async (_question, heard) => {
      await asked.promise;
      heard({ kind: "done", json: "1" });
    },
    usage: () => ({ rssBytes: 0, cpuMs: 0 }),
    kill(reason) {
      place.ended = true;
      asked.reject(reason);
    },
    gone: () => Promise.resolve(),
    answer: () => asked.resolve(),
  };
  return place;
}

Deno.test("whoever can't use the place that it was woken for leaves it to the next in line", async () => {
  const started: ReturnType<typeof apart>[] = [];
  let refusals = 0;
  const pool = new Pool({
    places: 1,
    maxMegabytes: 100,
    maxResultBytes: 1000,
    start() {
      if (started.length === 1 && refusals++ === 0) throw new Error("no process can be started");
      const place = apart();
      if (started.push(place) > 1) place.answer();
      return place;
    },
  });
  const call = () =>
    pool.run({ name: "a", args: [], lane: "cpu", signal: new AbortController().signal, progress: () => {} });
  const calls = Promise.allSettled([call(), call(), call()]);
  started[0]?.kill(new Error("it ended"));
  const [first, second, third] = await calls;
  assert.match(String(first?.status === "rejected" && first.reason), /it ended/);
  assert.match(String(second?.status === "rejected" && second.reason), /no process can be started/);
  assert.deepEqual(third, { status: "fulfilled", value: "1" });
  pool.close();
});

import assert from "node:assert/strict";
import { z } from "zod";
import { claimRound, enqueueMany, type Rooms } from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { openWork, type Work } from "../../support/work.ts";

const job = defineJob({ name: "test.turn", schema: z.object({ n: z.number() }), lane: "cpu" });

async function put(work: Work, workspaceId: string | null, count: number, priority = 0) {
  const items = Array.from({ length: count }, (_, n) => ({ payload: { n }, priority }));
  await work.system.as({ workspaceId }).transact((tx) => enqueueMany(tx, job, items));
}

/** Claims until nothing is there or `times` is reached; the workspaces in the order in which they were served. */
async function serve(work: Work, { limit = 4, times = 100, rooms = null as Rooms | null } = {}) {
  const served: (string | null)[][] = [];
  let after = "";
  for (let i = 0; i < times; i++) {
    const turn = await claimRound(work.system, { lane: "cpu", limit, worker: "w", after, rooms });
    if (turn.jobs.length === 0) break;
    served.push(turn.jobs.map(({ workspaceId }) => workspaceId).sort());
    after = turn.after;
  }
  return served;
}

Deno.test("ten thousand jobs of one workspace do not hold up the one job of another", async () => {
  await using work = await openWork();
  await put(work, "wsp_a", 10_000);
  await put(work, "wsp_b", 1);
  const [first] = await serve(work, { times: 1, limit: 2 });
  assert.deepEqual(first, ["wsp_a", "wsp_b"]);
});

Deno.test("workspaces that both wait are served alike, whoever came first and however little is claimed at once", async () => {
  await using work = await openWork();
  await put(work, "wsp_a", 50);
  await put(work, "wsp_b", 50);
  await put(work, "wsp_c", 50);
  await put(work, null, 50);
  for (const limit of [1, 3, 8]) {
    const served = (await serve(work, { limit, times: Math.ceil(24 / limit) })).flat();
    const counts = new Map<string | null, number>();
    for (const ws of served) counts.set(ws, (counts.get(ws) ?? 0) + 1);
    assert.equal(counts.size, 4, `limit ${limit}`);
    assert.ok(
      Math.max(...counts.values()) - Math.min(...counts.values()) <= limit,
      JSON.stringify([...counts]),
    );
  }
});

Deno.test("what a workspace leaves of its share goes to the others, and nothing is left behind", async () => {
  await using work = await openWork();
  await put(work, "wsp_a", 9);
  await put(work, "wsp_b", 1);
  const served = (await serve(work, { limit: 6 })).flat();
  assert.equal(served.length, 10);
});

Deno.test("a priority of a workspace is its own affair: it does not push others back", async () => {
  await using work = await openWork();
  await put(work, "wsp_a", 20, 15);
  await put(work, "wsp_b", 5, -5);
  const [first] = await serve(work, { times: 1, limit: 4 });
  assert.deepEqual(first, ["wsp_a", "wsp_a", "wsp_b", "wsp_b"]);
});

Deno.test("a workspace is claimed for up to its room, in all processes, and others get what it may not use", async () => {
  await using work = await openWork();
  await put(work, "wsp_a", 30);
  await put(work, "wsp_b", 30);
  const rooms = { each: null, of: { wsp_a: 3 } };
  const served = (await serve(work, { limit: 8, times: 2, rooms })).flat();
  assert.equal(served.filter((ws) => ws === "wsp_a").length, 3);
  assert.equal(
    (await serve(work, { limit: 8, rooms: { each: 3, of: {} } })).length,
    0,
    "b has more than three already",
  );
});

Deno.test("workspaces whose turn comes but that may not start anything do not end the round", async () => {
  await using work = await openWork();
  const blocked = Array.from({ length: 12 }, (_, i) => `wsp_${String.fromCharCode(97 + i)}`);
  for (const ws of blocked) await put(work, ws, 2);
  await put(work, "wsp_z", 2);
  const rooms = { each: null, of: Object.fromEntries(blocked.map((ws) => [ws, 0])) };
  const served = (await serve(work, { limit: 2, rooms })).flat();
  assert.deepEqual(served, ["wsp_z", "wsp_z"]);
});

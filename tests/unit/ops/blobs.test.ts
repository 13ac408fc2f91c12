import assert from "node:assert/strict";
import { storeFile } from "../../../lib/conversations/attachments.ts";
import { claim } from "../../../lib/jobs/mod.ts";
import { newId } from "../../../lib/kernel/ids.ts";
import { DAY, HOUR } from "../../../lib/kernel/clock.ts";
import { sweepBlobs } from "../../../lib/ops/mod.ts";
import { attachments } from "../../../db/schema/conversations.ts";
import { type Harness, harness, type Person } from "../../support/harness.ts";
import { startWorker } from "../../support/tasks.ts";

const TEXT = new TextEncoder().encode("un texto cualquiera");

async function keysOf({ ports }: Harness): Promise<string[]> {
  return (await Array.fromAsync(ports.blobs.list(""))).map(({ key }) => key);
}

/** A file that a message names. */
async function named(h: Harness, who: Person): Promise<string> {
  const asked = await h.request("POST", "/api/conversations", {
    token: who.token,
    body: { contact: { external_id: newId("contact") }, text: "hola" },
  });
  const { blobKey } = await storeFile(who.ctx, { name: "a.txt", bytes: TEXT });
  await who.ctx.transact(async (tx) => {
    await tx.db.insert(attachments).values({
      id: newId("attachment"),
      workspaceId: who.workspaceId,
      messageId: asked.body.message_id,
      name: "a.txt",
      contentType: "text/plain",
      size: TEXT.byteLength,
      sha256: "0".repeat(64),
      blobKey,
      createdAt: tx.now(),
    });
  });
  return blobKey;
}

Deno.test("a file that no row names is deleted a day later, one that a row names and one of today stay", async () => {
  await using h = await harness();
  const who = await h.person();
  const kept = await named(h, who);
  const { blobKey: orphan } = await storeFile(who.ctx, { name: "b.txt", bytes: TEXT });
  assert.deepEqual(await sweepBlobs(h.system, { after: null }), { seen: 2, deleted: 0 });
  h.clock.advance(DAY + HOUR);
  const { blobKey: young } = await storeFile(who.ctx, { name: "c.txt", bytes: TEXT });
  assert.deepEqual(await sweepBlobs(h.system, { after: null }), { seen: 3, deleted: 1 });
  const left = await keysOf(h);
  assert.deepEqual([left.includes(kept), left.includes(orphan), left.includes(young)], [true, false, true]);
  assert.deepEqual(await sweepBlobs(h.system, { after: null }), { seen: 2, deleted: 0 });
});

Deno.test("what a run of a task left that wrote no end is deleted; what a task's row names stays", async () => {
  await using h = await harness();
  const { token, workspaceId } = await h.person();
  const path = "/api/high-scale-tasks";
  const text = "ñandú ".repeat(30_000);
  const order = { function_name: "text.upper", args: [text] };
  const { body: { task_id: id } } = await h.request("POST", `${path}/submit`, { token, body: order });
  await using worker = await startWorker(h);
  await worker.idle();
  const orphans = [`${workspaceId}/tasks/${id}/result-0`, `${workspaceId}/tasks/${newId("task")}/args-x`];
  for (const key of orphans) await h.ports.blobs.put(key, TEXT);
  h.clock.advance(DAY + HOUR);
  assert.deepEqual(await sweepBlobs(h.system, { after: null }), { seen: 4, deleted: 2 });
  assert.ok((await keysOf(h)).every((key) => !orphans.includes(key)));
  const later = (await h.person({ workspaceId })).token;
  const { body } = await h.request("GET", `${path}/tasks/${id}`, { token: later });
  assert.deepEqual([body.args, body.result], [[text], text.toUpperCase()]);
});

Deno.test("files of unknown kinds, and beside a database that does not know their workspace, are left alone", async () => {
  await using h = await harness();
  const { workspaceId } = await h.person();
  const keys = [`${workspaceId}/voices/x`, `${newId("workspace")}/attachments/${newId("blob")}`, "health/x"];
  for (const key of keys) await h.ports.blobs.put(key, TEXT);
  h.clock.advance(9 * DAY);
  assert.equal((await sweepBlobs(h.system, { after: null })).deleted, 0);
  assert.deepEqual(await keysOf(h), keys.sort());
});

Deno.test("a store of many files is swept a page a job, each from where the one before ended", async () => {
  await using h = await harness();
  const who = await h.person();
  for (let n = 0; n < 1003; n++) {
    await h.ports.blobs.put(`${who.workspaceId}/attachments/${newId("blob")}`, TEXT);
  }
  h.clock.advance(2 * DAY);
  assert.deepEqual(await sweepBlobs(h.system, { after: null }), { seen: 1000, deleted: 1000 });
  const [job, ...others] = await claim(h.system, { lane: "maintenance", limit: 9, worker: "w" });
  assert.deepEqual([job?.name, others], ["ops.sweep_blobs", []]);
  assert.deepEqual(await sweepBlobs(h.system, job?.payload as { after: string }), { seen: 3, deleted: 3 });
  assert.deepEqual(await keysOf(h), []);
});

Deno.test("the sweep of files needs the platform's scope", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  await assert.rejects(sweepBlobs(ctx, { after: null }), { code: "forbidden" });
});

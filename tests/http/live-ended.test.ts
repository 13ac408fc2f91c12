import assert from "node:assert/strict";
import { watchStanding } from "../../lib/identity/mod.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import type { SseReader } from "../support/sse.ts";
import { holdTimers } from "../support/timers.ts";
import { emitMany, numbers, openStream } from "./live-streams.ts";

Deno.test("streams end with a hint to come back when the server begins to stop, and new ones are refused", async () => {
  const stop = new AbortController();
  await using h = await harness({ app: { shutdown: stop.signal } });
  const { token } = await h.person();
  const { stream } = await openStream(h, { token });
  assert.equal((await stream.next())?.event, "ready");
  stop.abort();
  assert.equal((await stream.next())?.retry, 1000);
  assert.equal(await stream.next(), null);
  assert.equal((await h.request("GET", "/api/events/stream", { token })).body.code, "shutting_down");
});

/** As often a stream looks whether its reader may still read. */
const LOOK_MS = 5000;

/** Reads to the end; resolves to whether it came in a minute. */
async function ends(stream: SseReader): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), 60_000));
  const end = (async () => {
    while (await stream.next() !== null);
    return true;
  })();
  const ended = await Promise.race([end, late]);
  clearTimeout(timer);
  return ended;
}

async function keyWithStream(h: Harness, { token }: Person) {
  const { status, body } = await h.request("POST", "/api/security/api-keys", {
    token,
    body: { name: "live", scopes: ["events:read"] },
  });
  assert.equal(status, 201, JSON.stringify(body));
  return { body, ...await openStream(h, { token: body.key }) };
}

Deno.test("a disabled user's streams end at once and can't be opened again, others' go on", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const person = await h.person();
  const colleague = await h.person({ workspaceId: person.workspaceId });
  using _looks = holdTimers(LOOK_MS); // none comes: the end is told, not found
  const own = await openStream(h, { token: person.token });
  const byKey = await keyWithStream(h, person);
  const other = await openStream(h, { token: colleague.token });
  const disabled = await h.request("PATCH", `/api/admin/users/${person.userId}`, {
    token: admin.token,
    body: { disabled: true },
  });
  assert.equal(disabled.status, 200, JSON.stringify(disabled.body));
  assert.deepEqual([await ends(own.stream), await ends(byKey.stream)], [true, true]);
  const again = await openStream(h, { token: person.token });
  assert.equal(again.response.status, 401);
  await again.stream.close();
  await emitMany(colleague, 1);
  assert.deepEqual(await numbers(other.stream, 1), [0]);
  await other.stream.close();
});

Deno.test("a revoked key's stream ends at once, its owner's goes on", async () => {
  await using h = await harness();
  const person = await h.person();
  using _looks = holdTimers(LOOK_MS);
  const byKey = await keyWithStream(h, person);
  const own = await openStream(h, { token: person.token });
  const revoked = await h.request("DELETE", `/api/security/api-keys/${byKey.body.id}`, {
    token: person.token,
  });
  assert.equal(revoked.status, 204, JSON.stringify(revoked.body));
  assert.equal(await ends(byKey.stream), true);
  await emitMany(person, 1);
  assert.deepEqual(await numbers(own.stream, 1), [0]);
  await own.stream.close();
});

Deno.test("what another process ends is seen by the streams here within a look", async () => {
  await using h = await harness();
  const person = await h.person();
  const lost = Promise.withResolvers<string>();
  const stop = watchStanding(person.ctx, () => lost.resolve("lost"), { lookMs: 5 });
  h.ports.database.foreignCommit();
  await h.ports.database.client.execute({
    sql: "update sessions set ended_at = 1 where user_id = ?",
    args: [person.userId],
  });
  h.ports.database.foreignCommit();
  assert.equal(await lost.promise, "lost");
  stop();
});

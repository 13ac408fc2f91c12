import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { ADMIN_PASSWORD, openEdgeWorld } from "../support/edge.ts";
import { STREAM_LIMITS } from "../../lib/live/mod.ts";
import { readSse } from "../support/sse.ts";

Deno.test("in workerd a stream of events reads the log by cursor: what another process commits comes, in order and once", async () => {
  await using edge = await openEdgeWorld();
  const { body } = await edge.request("POST", "/api/auth/login", {
    body: { username: "admin", password: ADMIN_PASSWORD },
  });
  const token: string = body.access_token;
  const leaving = new AbortController();
  const stream = await fetch(`${edge.isolate.url}/api/events/stream?types=message.received`, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  assert.equal(stream.status, 200);
  const reader = readSse(stream);
  assert.equal((await reader.next())?.event, "ready");
  // Not through the isolate: it can't have heard of these but from the log.
  for (const text of ["uno", "dos"]) {
    const said = await edge.h.request("POST", "/api/conversations", {
      token,
      body: { contact: { external_id: "c-1" }, text },
    });
    assert.equal(said.status, 202, JSON.stringify(said.body));
  }
  const seen = await reader.events(2);
  assert.deepEqual(seen.map(({ data }) => data.data.message.text), ["uno", "dos"]);
  assert.ok(Number(seen[0]?.id) < Number(seen[1]?.id));
  leaving.abort();
  await reader.close().catch(() => {});
});

Deno.test("in workerd streams that their readers left give their places back", async () => {
  await using edge = await openEdgeWorld();
  const { body } = await edge.request("POST", "/api/auth/login", {
    body: { username: "admin", password: ADMIN_PASSWORD },
  });
  async function openAndLeave(): Promise<number> {
    const leaving = new AbortController();
    const stream = await fetch(`${edge.isolate.url}/api/events/stream`, {
      headers: { authorization: `Bearer ${body.access_token}` },
      signal: leaving.signal,
    });
    await stream.body?.getReader().read();
    leaving.abort();
    return stream.status;
  }
  const first = await Promise.all(Array.from({ length: STREAM_LIMITS.user }, openAndLeave));
  assert.deepEqual([...new Set(first)], [200]);
  // The runtime notices at its next beats that nobody reads.
  await eventually("a place is free", async () => await openAndLeave() === 200, { everyMs: 100 });
});

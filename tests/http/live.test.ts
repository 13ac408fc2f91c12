import assert from "node:assert/strict";
import { emit } from "../../lib/events/mod.ts";
import { STREAM_LIMITS } from "../../lib/live/mod.ts";
import { serveApp } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { harness } from "../support/harness.ts";
import { createVisitor } from "../support/visitor.ts";
import { type SseReader } from "../support/sse.ts";
import { holdTimers } from "../support/timers.ts";
import { emitMany, numbers, openStream } from "./live-streams.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("a stream gives what was missed and what happens now, in order and once", async () => {
  await using h = await harness();
  const person = await h.person();
  await emitMany(person, 250);
  const { response, stream } = await openStream(h, { token: person.token, lastEventId: 0 });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reading = numbers(stream, 400);
  for (let at = 250; at < 400; at += 10) await emitMany(person, 10, at);
  assert.deepEqual(await reading, upTo(400));
  await stream.close();
});

Deno.test("a stream resumes after Last-Event-ID with none missed and none twice", async () => {
  await using h = await harness();
  const person = await h.person();
  await emitMany(person, 30);
  const first = await openStream(h, { token: person.token, lastEventId: 0 });
  const seen = await first.stream.events(12);
  await first.stream.close();
  await emitMany(person, 30, 30);
  const again = await openStream(h, { token: person.token, lastEventId: Number(seen.at(-1)?.id) });
  assert.deepEqual(await numbers(again.stream, 48), upTo(60).slice(12));
  await again.stream.close();
});

Deno.test("a stream without Last-Event-ID begins with what happens after its first frame", async () => {
  await using h = await harness();
  const person = await h.person();
  await emitMany(person, 3);
  const { stream } = await openStream(h, { token: person.token });
  assert.equal((await stream.next())?.event, "ready");
  await emitMany(person, 1, 3);
  assert.deepEqual(await numbers(stream, 1), [3]);
  await stream.close();
});

Deno.test("a reader that does not read for a while loses nothing", async () => {
  await using h = await harness();
  const person = await h.person();
  const { stream } = await openStream(h, { token: person.token, lastEventId: 0 });
  for (let at = 0; at < 1000; at += 100) await emitMany(person, 100, at);
  assert.deepEqual(await numbers(stream, 1000), upTo(1000));
  await stream.close();
});

Deno.test("a stream never shows another workspace's events", async () => {
  await using h = await harness();
  const [mine, other] = [await h.person(), await h.person()];
  const { stream } = await openStream(h, { token: mine.token, lastEventId: 0 });
  await emitMany(other, 5, 100);
  await emitMany(mine, 1, 7);
  assert.deepEqual(await numbers(stream, 1), [7]);
  await stream.close();
});

Deno.test("a stream can be narrowed to types of events", async () => {
  await using h = await harness();
  const person = await h.person();
  const { stream } = await openStream(h, {
    token: person.token,
    path: "/api/events/stream?last_event_id=0&types=test.wanted",
  });
  await emitMany(person, 3);
  await person.ctx.transact((tx) => emit(tx, { type: "test.wanted", subjectId: "x", data: { n: 9 } }));
  assert.deepEqual(await numbers(stream, 1), [9]);
  await stream.close();
});

Deno.test("a stream can be narrowed to all types of a kind, as a webhook can", async () => {
  await using h = await harness();
  const person = await h.person();
  const types = ["test.wanted", "testing.other", "test", "test.more.of_it", "other.test"];
  for (const [n, type] of types.entries()) {
    await person.ctx.transact((tx) => emit(tx, { type, subjectId: "x", data: { n } }));
  }
  const read = async (asked: string, count: number) => {
    const path = `/api/events/stream?last_event_id=0&types=${asked}`;
    const { stream } = await openStream(h, { token: person.token, path });
    const found = await numbers(stream, count);
    await stream.close();
    return found;
  };
  assert.deepEqual(await read("test.*,other.test", 3), [0, 3, 4]);
  assert.deepEqual(await read("*", 5), [0, 1, 2, 3, 4]);
});

Deno.test("a stream refuses nobody's call, a wrong cursor, and an actor over its number of streams", async () => {
  await using h = await harness();
  assert.equal((await h.request("GET", "/api/events/stream")).body.code, "unauthorized");
  assert.equal((await h.request("GET", "/api/events/stream?ticket=nothing")).body.code, "unauthorized");
  const { token } = await h.person();
  const wrong = await h.request("GET", "/api/events/stream?last_event_id=x", { token });
  assert.equal(wrong.status, 422);
  assert.equal(wrong.body.errors[0].path, "last_event_id");
  const streams: SseReader[] = [];
  for (let i = 0; i < STREAM_LIMITS.user; i++) streams.push((await openStream(h, { token })).stream);
  const over = await h.request("GET", "/api/events/stream", { token });
  assert.equal(over.status, 429);
  assert.ok(Number(over.headers.get("retry-after")) > 0);
  await streams[0]?.close();
  const { response, stream } = await openStream(h, { token });
  assert.equal(response.status, 200, "a place is free again once a stream has ended");
  for (const open of [...streams.slice(1), stream]) await open.close();
});

Deno.test("a place is free again when a reader's connection breaks", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const { token } = await h.person();
  const url = `${server.origin}/api/events/stream`;
  const headers = { authorization: `Bearer ${token}` };
  const broken = new AbortController();
  const open = () => fetch(url, { headers, signal: broken.signal });
  const readers = await Promise.all(Array.from({ length: STREAM_LIMITS.user }, open));
  assert.ok(readers.every(({ status }) => status === 200));
  const over = await fetch(url, { headers });
  assert.equal(over.status, 429);
  await over.body?.cancel();
  broken.abort();
  await eventually("a place is free", async () => {
    const response = await fetch(url, { headers });
    await response.body?.cancel();
    return response.status === 200;
  }, { everyMs: 100 });
});

Deno.test("what asks for a stream and does not read it holds no place: HEAD, and a handshake that is none", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const { token } = await h.person();
  for (let i = 0; i <= STREAM_LIMITS.user; i++) {
    for (const path of ["/api/events/stream", "/api/dashboards/real-time"]) {
      assert.equal((await h.request("HEAD", path, { token })).status, 200, `${path} ${i}`);
    }
    const response = await fetch(`${server.origin}/api/ws`, {
      headers: { authorization: `Bearer ${token}`, upgrade: "websocket" },
    });
    assert.deepEqual([response.status, (await response.json()).code], [400, "bad_request"], `${i}`);
  }
});

Deno.test("a stream ends with the life of an access token, and its reader comes back where it was", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "500ms" } });
  const person = await h.person();
  await emitMany(person, 2);
  using life = holdTimers(500);
  const { stream } = await openStream(h, { token: person.token, lastEventId: 0 });
  const seen = await stream.events(2);
  life.ring();
  assert.equal((await stream.next())?.retry, 1000);
  assert.equal(await stream.next(), null);
  await emitMany(person, 1, 2);
  const again = await openStream(h, { token: person.token, lastEventId: Number(seen[1]?.id) });
  assert.deepEqual(await numbers(again.stream, 1), [2]);
  await again.stream.close();
});

Deno.test("a visitor's stream goes on with the conversation that follows a closed one", async () => {
  await using h = await harness();
  const operator = await h.person();
  const visitor = await createVisitor(h, operator.workspaceId);
  const { stream } = await openStream(h, { token: visitor.token });
  assert.equal((await stream.next())?.event, "ready");
  const say = (text: string) =>
    h.request("POST", "/api/chat/messages", { token: visitor.token, body: { text } });
  const first = await say("hola");
  await h.request("POST", `/api/conversations/${first.body.conversation_id}/close`, {
    token: operator.token,
  });
  const second = await say("otra vez");
  assert.notEqual(second.body.conversation_id, first.body.conversation_id);
  const texts: string[] = [];
  while (texts.length < 2) {
    const [frame] = await stream.events(1);
    if (frame?.data.type === "message.received") texts.push(frame.data.data.message.text);
  }
  assert.deepEqual(texts, ["hola", "otra vez"]);
  await stream.close();
});

Deno.test("a live ticket opens one stream, once, within 60 seconds", async () => {
  await using h = await harness();
  assert.equal((await h.request("POST", "/api/live/tickets")).status, 401);
  const person = await h.person();
  const issue = () => h.request("POST", "/api/live/tickets", { token: person.token });
  const issued = await issue();
  assert.equal(issued.status, 201);
  assert.equal(Date.parse(issued.body.expires_at), h.clock.now() + 60_000);
  const path = `/api/events/stream?ticket=${issued.body.ticket}`;
  const { response, stream } = await openStream(h, { path });
  assert.equal(response.status, 200);
  await stream.next();
  await emitMany(person, 1);
  assert.deepEqual(await numbers(stream, 1), [0]);
  await stream.close();
  assert.equal((await h.request("GET", path)).status, 401, "a ticket counts once");
  const late = (await issue()).body.ticket;
  h.clock.advance(61_000);
  assert.equal((await h.request("GET", `/api/events/stream?ticket=${late}`)).status, 401);
});

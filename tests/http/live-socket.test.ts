import assert from "node:assert/strict";
import { emit } from "../../lib/events/mod.ts";
import { serveApp } from "../support/browser.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { openSocket } from "../support/socket.ts";
import { createVisitor } from "../support/visitor.ts";

async function ticketOf(h: Harness, token: string): Promise<string> {
  return (await h.request("POST", "/api/live/tickets", { token })).body.ticket;
}

function happen({ ctx }: Person, n: number): Promise<void> {
  return ctx.transact((tx) => emit(tx, { type: "test.happened", subjectId: "s", data: { n } }));
}

Deno.test("a socket carries events from the sequence number that was asked for, then live ones", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const person = await h.person();
  await happen(person, 0);
  const socket = await openSocket(
    server.origin,
    `/api/ws?ticket=${await ticketOf(h, person.token)}&last_event_id=0`,
  );
  assert.equal((await socket.next()).type, "ready");
  await happen(person, 1);
  const [first, second] = [await socket.nextOf("event"), await socket.nextOf("event")];
  assert.deepEqual([first.data.n, second.data.n], [0, 1]);
  assert.equal(first.event, "test.happened");
  socket.send({ type: "subscribe", after: first.seq });
  assert.equal((await socket.nextOf("ready")).seq, first.seq);
  assert.equal((await socket.nextOf("event")).data.n, 1, "a new subscription begins where it says");
  socket.send({ type: "ping" });
  assert.equal((await socket.next()).type, "pong");
  await socket.close();
});

Deno.test("a socket answers a frame that it can't read with an error and stays open", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const { token } = await h.person();
  const socket = await openSocket(server.origin, `/api/ws?ticket=${await ticketOf(h, token)}`);
  await socket.next();
  const answers: Record<string, unknown> = {};
  for (const frame of ["{", '{"type":"dance"}', '{"type":"message","text":"Hola","client_id":"c1"}']) {
    socket.send(frame);
    const { type, code } = await socket.next();
    answers[frame] = `${type} ${code}`;
  }
  assert.deepEqual(Object.values(answers), [
    "error bad_request",
    "error validation_failed",
    "error forbidden",
  ]);
  socket.send({ type: "ping" });
  assert.equal((await socket.next()).type, "pong");
  socket.send("x".repeat(70_000));
  assert.equal(await socket.closed, 1009);
});

Deno.test("a socket says goodbye when the server begins to stop", async () => {
  const stop = new AbortController();
  await using h = await harness({ app: { shutdown: stop.signal } });
  await using server = serveApp(h.app);
  const { token } = await h.person();
  const socket = await openSocket(server.origin, `/api/ws?ticket=${await ticketOf(h, token)}`);
  await socket.next();
  stop.abort();
  assert.deepEqual(await socket.next(), { type: "bye", reason: "drain", retry_ms: 1000 });
  assert.equal(await socket.closed, 1001);
});

Deno.test("the socket's address refuses what is no WebSocket, and nobody", async () => {
  await using h = await harness();
  const { token } = await h.person();
  assert.equal((await h.request("GET", "/api/ws", { token })).status, 426);
  const without = await h.request("GET", "/api/ws", { token, headers: { upgrade: "websocket" } });
  assert.equal(without.body.code, "not_at_the_edge", "no runtime stands behind this call");
  await using server = serveApp(h.app);
  await assert.rejects(openSocket(server.origin, "/api/ws"), /did not open/);
  await assert.rejects(openSocket(server.origin, "/api/ws?ticket=nothing"), /did not open/);
  assert.deepEqual(h.ports.log.requests.slice(-2).map(({ code }) => code), ["unauthorized", "unauthorized"]);
});

Deno.test("a visitor speaks over the socket, and the same client id is one message", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const { workspaceId } = await h.person();
  const visitor = await createVisitor(h, workspaceId);
  const socket = await openSocket(server.origin, `/api/ws?ticket=${await ticketOf(h, visitor.token)}`);
  await socket.next();
  socket.send({ type: "message", text: "¿Abren hoy?", client_id: "c1" });
  const accepted = await socket.nextOf("accepted");
  assert.equal(accepted.client_id, "c1");
  assert.equal(accepted.duplicate, false);
  socket.send({ type: "message", text: "¿Abren hoy?", client_id: "c1" });
  const again = await socket.nextOf("accepted");
  assert.deepEqual([again.message_id, again.duplicate], [accepted.message_id, true]);
  await socket.close();
});

Deno.test("a visitor's socket shows its own conversation only, without what is internal", async () => {
  await using h = await harness();
  await using server = serveApp(h.app);
  const { workspaceId } = await h.person();
  const [mine, other] = [await createVisitor(h, workspaceId), await createVisitor(h, workspaceId)];
  const sockets = await Promise.all([mine, other].map(async ({ token }) => {
    const socket = await openSocket(server.origin, `/api/ws?ticket=${await ticketOf(h, token)}`);
    await socket.next();
    return socket;
  }));
  const [here, there] = sockets;
  if (here === undefined || there === undefined) throw new Error("two sockets were opened");
  there.send({ type: "message", text: "soy otra persona", client_id: "o1" });
  await there.nextOf("accepted");
  here.send({ type: "message", text: "hola", client_id: "c1" });
  const event = await here.nextOf("event");
  const received = event.event === "message.received" ? event : await here.nextOf("event");
  assert.equal(received.data.message.text, "hola", "the other visitor's message came first and is not shown");
  assert.deepEqual(Object.keys(received.data), ["message"], "the unread count is the operators' own");
  for (const key of ["origin", "state_reason"]) assert.ok(!(key in received.data.message));
  for (const socket of sockets) await socket.close();
});

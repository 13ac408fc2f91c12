import assert from "node:assert/strict";
import { KEY, openWatson } from "./watson-world.ts";

Deno.test("the Assistant's forms are answered in kind: context before a message, words after it", async () => {
  await using line = await openWatson();
  const post = (body: unknown) =>
    line.h.request("POST", "/api/v1/watson/webhook", { headers: { "x-api-key": KEY }, body });
  const payload = {
    input: { message_type: "text", text: "Mi computadora no enciende", options: { suggestion_only: false } },
    context: {
      global: { session_id: "ibm-1", system: { user_id: "ana", turn_count: 1, locale: "es-mx" } },
      skills: { "actions skill": { user_defined: { kept: true }, system: { state: "x" } } },
    },
    user_id: "ana",
  };
  const before = await post({ event: { name: "message_received" }, options: {}, payload });
  assert.equal(before.status, 200, JSON.stringify(before.body));
  const { user_defined, system } = before.body.payload.context.skills["actions skill"];
  assert.deepEqual([user_defined.kept, user_defined.cauce.action, system.state], [
    true,
    "create_ticket",
    "x",
  ]);
  assert.deepEqual(before.body.payload.input, payload.input);
  const again = await post({ event: { name: "message_received" }, options: {}, payload });
  assert.equal(
    again.body.payload.context.skills["actions skill"].user_defined.cauce.reply,
    user_defined.cauce.reply,
  );

  const generic = [{ response_type: "text", text: "Entiendo." }];
  const processed = { output: { intents: [], generic }, context: before.body.payload.context };
  const after = await post({ event: { name: "message_processed" }, payload: processed });
  assert.deepEqual(after.body.payload.output.generic.map(({ text }: { text: string }) => text), [
    "Entiendo.",
    "Abrí el ticket T-1.",
  ]);
  assert.equal((await post({ event: { name: "message_logged" }, payload: {} })).status, 200);
  assert.equal((await post({ event: { name: "message_eaten" }, payload: {} })).status, 422);
  const empty = await post({ event: { name: "message_received" }, payload: { input: { text: "" } } });
  assert.deepEqual(empty.body.payload, { input: { text: "" } });
});

Deno.test("sessions and their turns are listed, the owner teaches words, and the connection can be tried", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  await line.say("Quiero abrir un ticket", { user: "ana" });
  const sessions = await h.request("GET", "/api/v1/watson/sessions", { token });
  assert.deepEqual(
    sessions.body.data.map((
      one: Record<string, unknown>,
    ) => [one.session_id, one.user, one.waits_for, one.turns]),
    [["s1", "ana", "description", 1]],
  );
  const path = `/api/v1/watson/sessions/${sessions.body.data[0].id}/activities`;
  const turns = await h.request("GET", path, { token });
  assert.deepEqual(turns.body.data.map((one: Record<string, unknown>) => [one.intent, one.outcome]), [
    ["create_ticket", "asked"],
  ]);
  const latest = await h.request("GET", "/api/v1/watson/activities?limit=1", { token });
  assert.deepEqual(latest.body.data.map((one: Record<string, unknown>) => one.session), [
    sessions.body.data[0].id,
  ]);
  const stranger = await h.person();
  assert.deepEqual(
    (await h.request("GET", "/api/watson/activities", { token: stranger.token })).body.data,
    [],
  );
  assert.equal((await h.request("GET", path, { token: stranger.token })).status, 404);

  assert.notEqual((await line.say("que caiga el inge", { session_id: "s9" })).body.intent, "schedule_visit");
  const example = { intent: "schedule_visit", text: "que caiga el inge" };
  const taught = await h.request("POST", "/api/watson/examples", { token, body: example });
  assert.equal(taught.status, 201, JSON.stringify(taught.body));
  assert.equal((await h.request("POST", "/api/watson/examples", { token, body: example })).status, 409);
  assert.equal((await line.say("que caiga el inge", { session_id: "s8" })).body.intent, "schedule_visit");
  assert.equal((await h.request("DELETE", `/api/watson/examples/${taught.body.id}`, { token })).status, 204);

  const status = await h.request("GET", "/api/v1/watson/status", { token });
  assert.deepEqual([status.body.configured, status.body.sessions], [{ api_key: true, signed_jwt: true }, 3]);
  const tried = await h.request("POST", "/api/v1/watson/test-connection", { token });
  assert.deepEqual([tried.status, tried.body.ok], [200, true], JSON.stringify(tried.body));
});

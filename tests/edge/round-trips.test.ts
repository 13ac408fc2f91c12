import assert from "node:assert/strict";
import { ADMIN_PASSWORD, type EdgeWorld, openEdgeWorld } from "../support/edge.ts";
import { eventually } from "../support/eventually.ts";
import type { Call } from "../support/harness.ts";

/** The round trips of each verb without the check of who calls. More is a step back; fewer belongs in here. */
const MOST = {
  login: 3,
  me: 1,
  refresh: 2,
  ask: 2,
  "ask first": 2,
  conversations: 1,
  conversation: 1,
  messages: 2,
  takeover: 2,
  reply: 2,
  release: 2,
  read: 2,
  close: 2,
  entries: 1,
  "knowledge ask": 2,
  "knowledge add": 1,
  business: 1,
  "business set": 2,
  "chat session": 2,
  "chat message": 2,
  "chat messages": 2,
  "chat person": 2,
  logout: 2,
} as const;

/** The one statement that says whom a token stands for: one more trip, once a second and caller. */
const CHECK =
  /^select [^(]*from \\"sessions\\" inner join \\"users\\" .* where \\"sessions\\"\.\\"id\\" = \?$/;

Deno.test("verbs at the edge need two round trips to the database, a login three", async () => {
  await using edge = await openEdgeWorld();
  const counts: Record<string, number> = {};
  const counted = async (name: keyof typeof MOST, method: string, path: string, call: Call = {}) => {
    const { body, trips } = await count(edge, { method, path, call });
    counts[name] = trips.length;
    if (trips.length !== MOST[name]) {
      // deno-lint-ignore no-console -- says what a failing count is made of
      console.log(name, trips.map((statements) => statements.map((sql) => sql.slice(0, 120))));
    }
    return body;
  };
  const post = (name: keyof typeof MOST, path: string, call: Call) => counted(name, "POST", path, call);
  const credentials = { username: "admin", password: ADMIN_PASSWORD };
  const signedIn = await post("login", "/api/auth/login", { body: credentials });
  const token: string = signedIn.access_token;
  await counted("me", "GET", "/api/auth/me", { token });
  await post("refresh", "/api/auth/refresh", { body: { refresh_token: signedIn.refresh_token } });

  const contact = { external_id: "c-1" };
  const ask = (id: string) => ({
    token,
    body: { contact, text: "¿Cuál es su horario?", external_message_id: id },
  });
  await post("ask first", "/api/conversations", ask("m-0"));
  const { conversation_id: id } = await post("ask", "/api/conversations", ask("m-1"));
  const conversation = `/api/conversations/${id}`;
  await counted("conversations", "GET", "/api/conversations", { token });
  await counted("conversation", "GET", conversation, { token });
  await counted("messages", "GET", `${conversation}/messages`, { token });
  await post("takeover", `${conversation}/takeover`, { token });
  await post("reply", `${conversation}/reply`, { token, body: { text: "Aquí estoy" } });
  await post("release", `${conversation}/release`, { token });
  await edge.request("POST", "/api/conversations", ask("m-2"));
  await post("read", `${conversation}/read`, { token });
  await post("close", `${conversation}/close`, { token });

  await counted("entries", "GET", "/api/knowledge/entries", { token });
  await post("knowledge ask", "/api/knowledge/ask", { token, body: { question: "¿Cuál es su horario?" } });
  const entry = { kind: "pair", title: "¿Tienen terraza?", body: "Sí, con sombra." };
  await post("knowledge add", "/api/knowledge/entries", { token, body: entry });
  await counted("business", "GET", "/api/business/config", { token });
  await counted("business set", "PUT", "/api/business/config", { token, body: { tone: "friendly" } });

  const { token: visitor } = await post("chat session", "/api/chat/default/sessions", { body: {} });
  const said = { token: visitor, body: { text: "Hola, ¿qué horario tienen?", client_id: "1" } };
  await post("chat message", "/api/chat/messages", said);
  await counted("chat messages", "GET", "/api/chat/messages", { token: visitor });
  await post("chat person", "/api/chat/handover", { token: visitor });
  await post("logout", "/api/auth/logout", { token });
  // deno-lint-ignore no-console -- the counts are what the test is for
  console.log(`round trips ${JSON.stringify(counts)}`);
  assert.deepEqual(counts, MOST);
});

async function count(
  { request, trips }: EdgeWorld,
  { method, path, call }: { method: string; path: string; call: Call },
) {
  const before = trips.length;
  const { status, body } = await request(method, path, call);
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(body)}`);
  const all = trips.slice(before);
  const checks = all.filter(([sql = "", ...others]) => others.length === 0 && CHECK.test(sql));
  assert.ok(checks.length <= 1, "a caller is checked once");
  return { body, trips: all.filter((trip) => !checks.includes(trip)) };
}

Deno.test("a callback that answers a customer needs six round trips: one to claim, three to think, two to say it", async () => {
  await using edge = await openEdgeWorld({ callbacks: true });
  const credentials = { username: "admin", password: ADMIN_PASSWORD };
  const { body: { access_token: token } } = await edge.request("POST", "/api/auth/login", {
    body: credentials,
  });
  const ask = { contact: { external_id: "c-1" }, text: "¿Cuál es su horario?", external_message_id: "m-1" };
  const before = edge.trips.length;
  await edge.request("POST", "/api/conversations", { token, body: ask });
  const begins = (words: RegExp) => (trip: readonly string[]) => trip.some((sql) => words.test(sql));
  const isAnswer = begins(/^update \\"messages\\" set \\"answered_at\\"/);
  await eventually("the answer", () => edge.trips.slice(before).some(isAnswer));
  const trips = edge.trips.slice(before);
  const answered = trips.findIndex(isAnswer);
  // A callback may come before its time and be told so: the last claim is the one that got the job.
  const claimed = trips.findLastIndex((trip, at) =>
    at < answered && trip.length === 1 && begins(/^update \\"jobs\\"/)(trip)
  );
  assert.equal(answered - claimed + 1, 6);
});

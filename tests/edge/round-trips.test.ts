import assert from "node:assert/strict";
import { ADMIN_PASSWORD, openEdgeWorld } from "../support/edge.ts";
import type { Call } from "../support/harness.ts";

/** What each verb takes now, of which one may be the caller's check. More is a step back; fewer belongs in here. */
const MOST: Readonly<Record<string, number>> = {
  login: 8,
  me: 2,
  refresh: 5,
  ask: 13,
  conversations: 2,
  conversation: 2,
  messages: 5,
  takeover: 8,
  reply: 11,
  close: 8,
  knowledge: 2,
  business: 4,
};

Deno.test("verbs at the edge stay within their round trips to the database", async () => {
  await using edge = await openEdgeWorld();
  const counts: Record<string, number> = {};
  async function counted(name: string, method: string, path: string, call: Call = {}) {
    const before = edge.trips();
    const answer = await edge.request(method, path, call);
    counts[name] = edge.trips() - before;
    assert.ok(answer.status < 300, `${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const credentials = { body: { username: "admin", password: ADMIN_PASSWORD } };
  const { access_token: token, refresh_token } = await counted(
    "login",
    "POST",
    "/api/auth/login",
    credentials,
  );
  await counted("me", "GET", "/api/auth/me", { token });
  await counted("refresh", "POST", "/api/auth/refresh", { body: { refresh_token } });
  const contact = { external_id: "c-1" };
  const ask = (id: string) => ({
    token,
    body: { contact, text: "¿Cuál es su horario?", external_message_id: id },
  });
  await edge.request("POST", "/api/conversations", ask("m-0"));
  const { conversation_id: id } = await counted("ask", "POST", "/api/conversations", ask("m-1"));
  await counted("conversations", "GET", "/api/conversations", { token });
  await counted("conversation", "GET", `/api/conversations/${id}`, { token });
  await counted("messages", "GET", `/api/conversations/${id}/messages`, { token });
  await counted("takeover", "POST", `/api/conversations/${id}/takeover`, { token });
  await counted("reply", "POST", `/api/conversations/${id}/reply`, { token, body: { text: "Aquí estoy" } });
  await counted("close", "POST", `/api/conversations/${id}/close`, { token });
  await counted("knowledge", "GET", "/api/knowledge/entries", { token });
  await counted("business", "GET", "/api/business/config", { token });
  // deno-lint-ignore no-console -- the counts are what the test is for
  console.log(`round trips ${JSON.stringify(counts)}`);
  const over = Object.entries(counts).filter(([name, count]) => count > (MOST[name] ?? 0));
  assert.deepEqual(over, []);
});

import assert from "node:assert/strict";
import { ADMIN_PASSWORD, openEdgeWorld } from "../support/edge.ts";

Deno.test("tickets opened at once over a remote database have numbers of their own and are found by their words", async () => {
  await using edge = await openEdgeWorld();
  const credentials = { username: "admin", password: ADMIN_PASSWORD };
  const { body: { access_token: token } } = await edge.request("POST", "/api/auth/login", {
    body: credentials,
  });
  const open = (subject: string) => edge.request("POST", "/api/tickets", { token, body: { subject } });
  const opened = await Promise.all(["Fuga de gas", "Puerta atascada", "Motor parado"].map(open));
  assert.deepEqual(opened.map(({ status }) => status), [201, 201, 201]);
  assert.deepEqual(opened.map(({ body }) => body.number).sort(), [1, 2, 3]);
  for (const { body: { id, subject } } of opened) {
    const { body } = await edge.request("GET", `/api/tickets?q=${encodeURIComponent(subject)}`, { token });
    assert.deepEqual(body.data.map((ticket: { id: string }) => ticket.id), [id]);
  }
});

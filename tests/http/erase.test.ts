import assert from "node:assert/strict";
import { eq, isNotNull } from "drizzle-orm";
import { idempotencyKeys } from "../../db/schema/log.ts";
import { harness } from "../support/harness.ts";

Deno.test("erasing a contact takes kept answers that quote it, runs nothing twice, and leaves other workspaces' be", async () => {
  await using h = await harness();
  const [ana, other] = [await h.person(), await h.person()];
  const say = (token: string, key: string, externalId: string) =>
    h.request("POST", "/api/conversations", {
      token,
      headers: { "idempotency-key": key },
      body: { contact: { external_id: externalId }, text: "hola" },
    });
  const sent = await say(ana.token, "say-1", "c-1");
  const reply = () =>
    h.request("POST", `/api/conversations/${sent.body.conversation_id}/reply`, {
      token: ana.token,
      headers: { "idempotency-key": "reply-1" },
      body: { text: "Hola, Luisa Secreta" },
    });
  assert.equal((await reply()).status, 201);
  assert.equal((await reply()).headers.get("idempotency-replayed"), "true");
  const elsewhere = await say(other.token, "say-1", "c-1");

  const path = `/api/conversations/${sent.body.conversation_id}`;
  const { body: { contact } } = await h.request("GET", path, { token: ana.token });
  assert.equal((await h.request("DELETE", `/api/contacts/${contact.id}`, { token: ana.token })).status, 200);

  const again = await reply();
  assert.deepEqual([again.status, again.body.code], [409, "conflict"]);
  assert.doesNotMatch(JSON.stringify(again.body), /Secreta/);
  const kept = await h.system.db.select().from(idempotencyKeys).where(isNotNull(idempotencyKeys.status));
  assert.deepEqual(kept.map(({ owner }) => owner), [`${other.userId}@${other.workspaceId}`]);
  assert.deepEqual((await say(other.token, "say-1", "c-1")).body, elsewhere.body);
  const rows = await h.system.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, "reply-1"));
  assert.equal(rows[0]?.body, null);
});

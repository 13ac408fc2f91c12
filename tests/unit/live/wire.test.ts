import assert from "node:assert/strict";
import type { Actor } from "../../../lib/kernel/actors.ts";
import { ROLES } from "../../../lib/kernel/scopes.ts";
import { toWireEvent } from "../../../routes/live/wire.ts";

const who = (role: keyof typeof ROLES): Actor => ({
  kind: "user",
  id: "usr_1",
  role,
  sessionId: null,
  platformAdmin: false,
  scopes: ROLES[role],
});

const event = (type: string, conversationId: string | null = null) => ({
  seq: 1,
  workspaceId: "wsp_1",
  type,
  conversationId,
  subjectId: "x_1",
  data: { email: "ana@example.com" },
  at: 0,
});

Deno.test("an event outside of any conversation is shown to who may read its kind of thing", () => {
  for (const type of ["member.joined", "job.died", "whatsapp.alert", "sla.breached", "rule.fired"]) {
    assert.equal(toWireEvent(event(type), who("member")), null, type);
    assert.notEqual(toWireEvent(event(type), who("owner")), null, type);
  }
  assert.notEqual(toWireEvent(event("workspace.renamed"), who("member")), null);
});

Deno.test("what tasks tell of themselves asks for tasks:read", () => {
  const key: Actor = { kind: "api_key", id: "key_1", ownerId: "usr_1", scopes: new Set(["events:read"]) };
  for (const type of ["task.progress", "task.done", "tasks.submitted", "schedule.ticked"]) {
    assert.equal(toWireEvent(event(type), key), null, type);
    assert.notEqual(toWireEvent(event(type), who("operator")), null, type);
  }
});

Deno.test("an event of a conversation asks for conversations:read, whatever its noun", () => {
  assert.notEqual(toWireEvent(event("contact.merged", "cnv_1"), who("member")), null);
  const key: Actor = { kind: "api_key", id: "key_1", ownerId: "usr_1", scopes: new Set(["events:read"]) };
  assert.equal(toWireEvent(event("message.sent", "cnv_1"), key), null);
});

import assert from "node:assert/strict";
import { converse } from "../../../lib/watson/mod.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { EMAIL, openKnown, PHONE, PRIVATE_ENV } from "./person.ts";

Deno.test("what was said to Watson and only names an erased person's address is emptied, and the turns beside it stay", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const say = (sessionId: string, text: string) =>
    converse(known.ctx, { sessionId, user: "jefa", text, context: {} });
  const spelled = `+52 8155 ${PHONE.slice(6)}`;
  await say("w-2", `Qué raro, ${EMAIL.toUpperCase()} no contesta`);
  await say("w-2", `Tampoco el ${spelled}`);
  await say("w-2", "Buenos días por la mañana");
  // A number that is known from a call of her client alone.
  const { id: client_id } = await known.call("POST", "/api/clients", { name: "Ana", kind: "person" });
  await known.call("POST", `/api/clients/${client_id}/contacts`, { contact_id: known.contactId });
  const started_at = new Date(h.clock.now()).toISOString();
  await known.call("POST", "/api/calls", { direction: "in", phone: "+528187654321", client_id, started_at });
  await say("w-3", "No contesta en el (81) 8765 4321");
  await say(`tel:${PHONE}`, "Buenos días también");
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  assert.ok((await placesOf(h, EMAIL.toUpperCase())).includes("watson_activities.text"), "is not tried");
  assert.deepEqual(
    (await placesOf(h, EMAIL)).filter((place) => place.startsWith("jobs")),
    [],
    "its job names nobody",
  );
  // Whoever has the number from now on talks on, whenever the job comes to it.
  h.clock.advance(1);
  const later = "+52-81-55-73-01";
  await say(`sms:${later}`, `Soy quien tiene ahora el ${later}`);
  await known.workAll();
  for (const words of [EMAIL, EMAIL.toUpperCase(), spelled, PHONE, "8765"]) {
    assert.deepEqual(await placesOf(h, words), [], words);
  }
  const stays = ["watson_activities.text", "watson_sessions.external_id"];
  assert.deepEqual((await placesOf(h, later)).sort(), stays);
  assert.ok((await placesOf(h, "Buenos días por la mañana")).includes("watson_activities.text"));
  assert.ok((await placesOf(h, "Buenos días también")).includes("watson_activities.text"));
});

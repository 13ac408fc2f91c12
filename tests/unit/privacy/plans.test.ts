import assert from "node:assert/strict";
import { DAY } from "../../../lib/kernel/clock.ts";
import { retainConversations, retainTickets } from "../../../lib/privacy/mod.ts";
import { harness } from "../../support/harness.ts";
import { type Planned, plansOf } from "../../support/plans.ts";
import { openKnown, PRIVATE_ENV } from "./person.ts";

/**
 * Lists of values, one row (settings, too: a workspace has one), a full-text row by its number; statuses and parts of
 * sendings that wait a short while.
 */
const FINE =
  /^SCAN (json_each|\(subquery|CONSTANT ROW|former|reached|said|ticket_fts VIRTUAL TABLE INDEX 0:=|stray_statuses)|notification_chunks_open|^SEARCH call_settings USING INDEX sqlite_autoindex/;
const WALKS = /^SCAN |\(workspace_id=\?\)$/;

const walks = (planned: readonly Planned[]) =>
  planned.flatMap(({ sql, plan }) =>
    plan.split("\n").filter((step) => WALKS.test(step) && !FINE.test(step)).map((step) => `${step} :: ${sql}`)
  );

Deno.test("nothing that erases a person or what is old walks through all that a workspace has", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const { client } = h.ports.database;
  const { ticketIds, conversationId, inside } = known;
  for (const removed of [true, false]) {
    const { id } = await known.call("POST", "/api/clients", { name: "Ana", kind: "person" });
    await known.call("POST", `/api/clients/${id}/contacts`, { contact_id: known.contactId });
    if (removed) await known.call("DELETE", `/api/clients/${id}`);
  }
  const erased = await plansOf(client, () => known.call("DELETE", `/api/contacts/${known.contactId}`));
  for (const id of ticketIds) {
    for (const state of ["resolved", "closed"]) await known.call("PUT", `/api/tickets/${id}`, { state });
  }
  await known.call("POST", `/api/conversations/${conversationId}/close`).catch(() => {});
  await known.workAll();
  h.clock.advance(31 * DAY);
  const old = await plansOf(client, async () => {
    await retainTickets(inside, { days: 30 });
    await retainConversations(inside, { days: 30 });
  });
  assert.ok(erased.length > 30 && old.length > 10);
  assert.deepEqual(walks([...erased, ...old]), []);
});

import assert from "node:assert/strict";
import type { Place } from "../../../db/move.ts";
import { CLIENT_PLACES_LATER, CLIENT_PLACES_NOW } from "../../../lib/clients/store-merge.ts";
import { bulkChunks } from "../../../db/schema/notifications.ts";
import { handler } from "../../../lib/jobs/mod.ts";
import { RetryAfter } from "../../../lib/kernel/retry.ts";
import { fanOut, fanOutChunk } from "../../../lib/notifications/mod.ts";
import { CHUNK } from "../../../lib/notifications/policy.ts";
import { identify, receiveMessage } from "../../../lib/conversations/mod.ts";
import { CONTACT_PLACES } from "../../../lib/conversations/store-merge.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { placesOf, tablesOf } from "../../support/tables.ts";
import { handlers } from "../../../workers/registry.ts";
import { callHandlers } from "../../../workers/handlers/calls.ts";
import { work } from "../conversations/talk.ts";
import { EMAIL, openKnown, PHONE, PRIVATE_ENV, SECRET } from "./person.ts";
import { NAMES_CLIENT, NAMES_CONTACT, STAYS_WITH_CLIENT, STAYS_WITH_CONTACT } from "./staying.ts";

const CLIENT_PLACES = [...CLIENT_PLACES_NOW, ...CLIENT_PLACES_LATER];
const keys = (places: readonly Place[]) => places.map(({ table, column }) => `${table}.${column}`).sort();

Deno.test("whatever may hold the id of a contact or a client moves when it is made one with another, or it is said why not", async () => {
  await using h = await harness();
  const tables = await tablesOf(h);
  for (
    const [pattern, places, stays] of [
      [NAMES_CONTACT, CONTACT_PLACES, STAYS_WITH_CONTACT],
      [NAMES_CLIENT, CLIENT_PLACES, STAYS_WITH_CLIENT],
    ] as const
  ) {
    const named = [...tables].flatMap(([table, columns]) =>
      columns.filter((column) => pattern.test(column)).map((column) => `${table}.${column}`)
    );
    const decided = [...keys(places), ...Object.keys(stays)].sort();
    assert.deepEqual(decided, named.sort(), "decide about it in store-merge.ts or in tables.ts");
    assert.equal(new Set(decided).size, decided.length, "one decision each");
    for (const { table, marks = [] } of places) {
      const columns = tables.get(table) ?? [];
      const own = ["updated_at", "changed_at"].filter((mark) => columns.includes(mark));
      const names = ["rules", "ticket_presets", "task_schedules", "clients"];
      if (!names.includes(table)) assert.deepEqual(marks.filter((mark) => mark !== "version"), own, table);
    }
  }
});

Deno.test("after two contacts turn out to be one, nothing that moves names the other, and erasing finds all of it", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const from = known.contactId;
  const older = h.clock.now() - 1_000_000;
  const into = await h.system.as({ workspaceId: known.workspaceId }).transact((tx) =>
    identify(tx, { identities: [{ kind: "phone", value: "+5281000000" }], name: "Ana" })
  );
  await h.ports.database.client.execute(`update contacts set created_at = ${older} where id = '${into.id}'`);
  await known.call("PUT", `/api/contacts/${into.id}/notification-preferences`, {
    preferences: [{ category: "surveys", channel: "email", enabled: true }],
    quiet_hours: null,
  });
  await known.call("POST", "/api/ticket-views", { name: "De Ana", filter: { contact_id: from } });
  await known.call("POST", "/api/rules", {
    name: "De Ana",
    when: { event: "ticket.opened" },
    conditions: { field: "ticket.contact_id", operator: "is", value: from },
    actions: [{ type: "comment", text: "De Ana" }],
  });
  const { id: gone } = await known.call("POST", "/api/clients", { name: `Ana ${SECRET}`, kind: "person" });
  await known.call("POST", `/api/clients/${gone}/contacts`, { contact_id: from });
  await known.call("DELETE", `/api/clients/${gone}`);
  const { id: client } = await known.call("POST", "/api/clients", { name: "Aurora" });
  await known.call("POST", `/api/clients/${client}/contacts`, { contact_id: from });
  await receiveMessage(known.inside, {
    channelAccountId: known.web,
    contact: { identities: [{ kind: "email", value: EMAIL }, { kind: "phone", value: PHONE }] },
    kind: "text",
    text: "Sigue igual",
    externalId: "m-2",
  });
  await known.workAll();
  const before = await placesOf(h, from);
  for (const place of keys(CONTACT_PLACES)) {
    if (UNTRIED.has(place)) continue;
    assert.ok(before.includes(place), `${place} is not tried`);
  }
  const ticket = await known.call("GET", `/api/tickets/${known.ticketIds[0]}`);
  h.clock.advance(60);
  await merge(h, known.workspaceId);
  const left = (await placesOf(h, from)).filter((place) =>
    !(place in STAYS_WITH_CONTACT) && !SAID.has(place)
  );
  assert.deepEqual(left, []);
  const moved = await known.call("GET", `/api/tickets/${known.ticketIds[0]}`);
  assert.deepEqual([moved.contact_id, moved.version], [into.id, ticket.version + 1]);
  assert.ok(moved.updated_at > ticket.updated_at);
  const wishes = await known.call("GET", `/api/contacts/${into.id}/notification-preferences`);
  assert.equal(wishes.preferences[0].enabled, false, "who did not want to hear it still does not");
  await known.workAll();
  await known.call("DELETE", `/api/contacts/${into.id}`);
  await known.workAll();
  for (const needle of [SECRET, EMAIL, PHONE]) assert.deepEqual(await placesOf(h, needle), [], needle);
});

Deno.test("two contacts who turn out to be one while something goes to many hear it once", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const into = await h.system.as({ workspaceId: known.workspaceId }).transact((tx) =>
    identify(tx, {
      identities: [{ kind: "phone", value: "+5281000000" }, { kind: "email", value: "a@x.example" }],
    })
  );
  const ids = [known.contactId, into.id];
  const send = (recipients: readonly string[], subject: string) =>
    known.call("POST", "/api/advanced/notifications/bulk", {
      channel: "email",
      recipients: recipients.map((recipient) => ({ recipient })),
      subject,
      message: "Cerramos",
    });
  const { id } = await send(ids, "A los dos");
  const many = Array.from({ length: CHUNK }, (_, at) => `c${at}@x.example`);
  await send([ids[0] ?? "", ...many, ids[1] ?? ""], "En dos partes");
  await send(ids.slice(0, 1), "A uno");
  const part = (await h.system.db.select().from(bulkChunks)).find(({ size }) => size === CHUNK);
  await work(h, [
    ...handlers.filter(({ name }) => name !== fanOut.name),
    handler(fanOut, async (ctx, { chunkId }) => {
      if (chunkId !== part?.id) throw new RetryAfter(100, "after the merge");
      await fanOutChunk(ctx, { chunkId });
    }),
  ]);
  await merge(h, known.workspaceId);
  await known.workAll();
  const told = h.ports.mail.sent.filter(({ to }) => to === EMAIL || to === "a@x.example");
  for (const subject of ["A los dos", "En dos partes", "A uno"]) {
    assert.equal(told.filter((mail) => mail.subject === subject).length, 1, subject);
  }
  const bulk = await known.call("GET", `/api/advanced/notifications/bulk/${id}`);
  assert.deepEqual([bulk.state, bulk.total], ["done", 2]);
});

/** Records of what was done and told then. */
const SAID: ReadonlySet<string> = new Set([
  "audit_log.detail",
  "notification_deliveries.text",
  "watson_activities.result",
]);

/** Places of which no row of this world names the contact; the first test knows them. */
const UNTRIED: ReadonlySet<string> = new Set([
  "message_attempts.contact_id",
  "notification_chunks.recipients",
  "notifications.subject_id",
  "rules.actions",
  "task_schedules.args",
]);

async function merge(h: Harness, workspaceId: string): Promise<void> {
  await h.system.as({ workspaceId }).transact((tx) =>
    identify(tx, {
      identities: [{ kind: "phone", value: "+5281000000" }, { kind: "phone", value: PHONE }],
    })
  );
}

Deno.test("what was done for a merged client is the other's: moved in parts, seen by who follows changes, found by either id", async () => {
  await using h = await harness();
  const { token, workspaceId } = await h.person();
  const call = async (method: string, path: string, body?: unknown) =>
    (await h.request(method, path, { token, body })).body;
  const [one, two, three] = await Promise.all(
    ["Uno", "Dos", "Tres"].map(async (name) => (await call("POST", "/api/clients", { name })).id as string),
  );
  const { id } = await call("POST", "/api/tickets", { subject: "Fuga", client_id: one });
  await h.system.as({ workspaceId }).transact(async (tx) => {
    for (let more = 2; more <= 1001; more++) {
      await tx.db.run(
        `insert into visits (id, workspace_id, state, subject, client_id, minutes, created_at, updated_at)
        values ('vis_${more}', '${workspaceId}', 'requested', 'x', '${one}', 60, 1, 1)`,
      );
    }
  });
  const before = await call("GET", `/api/tickets/${id}`);
  await call("POST", "/api/ticket-views", { name: "De Uno", filter: { client_id: one } });
  h.clock.advance(60);
  await call("POST", `/api/clients/${two}/merge`, { duplicate_id: one });
  await call("POST", `/api/clients/${three}/merge`, { duplicate_id: two });
  await work(h, callHandlers);
  const after = await call("GET", `/api/tickets/${id}`);
  assert.deepEqual([after.client_id, after.version], [three, before.version + 1]);
  assert.ok(after.updated_at > before.updated_at);
  for (const table of ["visits", "tickets", "ticket_presets"]) {
    for (const gone of [one, two]) {
      assert.ok(!(await placesOf(h, gone ?? "")).some((place) => place.startsWith(`${table}.`)), table);
    }
  }
  for (const asked of [one, two, three]) {
    assert.equal((await call("GET", `/api/tickets?client_id=${asked}`)).data.length, 1);
    assert.equal((await call("GET", `/api/visits?client_id=${asked}&limit=1`)).data.length, 1);
  }
  const { rows } = await h.ports.database.client.execute("select min(updated_at) as at from visits");
  assert.ok(Number(rows[0]?.["at"]) > 1);
});

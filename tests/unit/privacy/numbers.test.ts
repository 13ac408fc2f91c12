import assert from "node:assert/strict";
import { identify } from "../../../lib/conversations/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { exportPerson } from "../../../lib/privacy/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { plansOf } from "../../support/plans.ts";
import { placesOf } from "../../support/tables.ts";
import { openKnown, PRIVATE_ENV } from "./person.ts";

const NATIONAL = "8112345678";
const NUMBER = `+52${NATIONAL}`;
/** Nothing else says this word. */
const TOLD = "remolacha";

/** A desk whose missed calls open tickets; `ring` logs a call, `contact` makes one of these numbers. */
async function openLine(h: Harness) {
  const known = await openKnown(h);
  const { call } = known;
  await call("PUT", "/api/calls/settings", { ticket_on_missed: true });
  const started_at = new Date(h.clock.now()).toISOString();
  const ring = async (phone: string, more: object = {}): Promise<string> => {
    const made = await call("POST", "/api/calls", { direction: "in", started_at, phone, ...more });
    return made.id;
  };
  const contact = async (...numbers: string[]) => {
    const { id } = await h.system.as({ workspaceId: known.workspaceId }).transact((tx) =>
      identify(tx, { identities: numbers.map((value) => ({ kind: "phone", value })), name: "Eva" })
    );
    return id;
  };
  const exported = async (contactId: string) => {
    const found = JSON.parse(JSON.stringify(await exportPerson(known.ctx, { contactId })));
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).toSorted();
    return { calls: ids(found.calls), tickets: ids(found.tickets) };
  };
  /** Works off all that waits, also for a call to count as missed. */
  const settle = async () => {
    h.clock.advance(MINUTE);
    await known.workAll();
  };
  const erase = async (id: string) => {
    await call("DELETE", `/api/contacts/${id}`);
    await settle();
  };
  return { known, call, settle, ring, contact, exported, erase };
}

Deno.test("calls of a number from before it was known whose it is are exported and erased with the person, and the tickets that they opened", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const { known, settle, call, ring, contact, exported, erase } = await openLine(h);
  await call("POST", "/api/rules", {
    name: "Perdida",
    when: { event: "call.missed" },
    actions: [{
      type: "notify",
      to: [{ user_id: known.userId }],
      subject: "Llamó {{call.phone}}",
      message: "{{call.phone}}",
    }],
  });
  const calls = [
    await ring(NATIONAL, { notes: TOLD }),
    await ring(NUMBER, { duration_s: 0, outcome: TOLD }),
  ];
  await call("PUT", "/api/calls/settings", { country: "52" });
  calls.push(await ring(`52 1 ${NATIONAL}`, { duration_s: 60, notes: TOLD, external_id: "pbx-1" }));
  const other = await ring("+528199990000", { notes: "Calabaza" });
  await settle();
  const before = await placesOf(h, NATIONAL);
  for (const place of ["calls.phone", "tickets.subject", "events.data", "notification_deliveries.text"]) {
    assert.ok(before.includes(place), `${place} is not tried: ${before}`);
  }
  const ticket = (await call("GET", `/api/calls/${calls[1]}`)).ticket_id;
  await call("POST", `/api/tickets/${ticket}/comments`, { text: TOLD, visibility: "private" });
  const eva = await contact(NUMBER);
  assert.deepEqual(await exported(eva), { calls: calls.toSorted(), tickets: [ticket] });
  assert.equal((await call("GET", `/api/calls/${calls[0]}`)).contact_id, null, "an export changes nothing");
  await erase(eva);
  for (const needle of [NATIONAL, TOLD]) assert.deepEqual(await placesOf(h, needle), [], needle);
  assert.equal((await call("GET", `/api/calls/${other}`)).notes, "Calabaza");
});

Deno.test("an erasure takes no call of another contact, of a number that is another's, or of another workspace along", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const { known, settle, call, ring, contact, exported, erase } = await openLine(h);
  const marked = `+521${NATIONAL}`;
  const hers = await ring(NUMBER, { duration_s: 0 });
  await ring(marked, { notes: "del otro" });
  const byOther = await ring(NUMBER, { contact_id: known.contactId, duration_s: 0, notes: "de Ana" });
  await settle();
  const shared = (await call("GET", `/api/calls/${hers}`)).ticket_id;
  assert.equal((await call("GET", `/api/calls/${byOther}`)).ticket_id, shared);
  const elsewhere = await h.person();
  const far = await h.request("POST", "/api/calls", {
    token: elsewhere.token,
    body: {
      direction: "in",
      phone: NUMBER,
      started_at: new Date(h.clock.now()).toISOString(),
      notes: "lejos",
    },
  });
  assert.equal(far.status, 201);
  const eva = await contact(NUMBER);
  await contact(marked);
  assert.deepEqual(await exported(eva), { calls: [hers], tickets: [] });
  await erase(eva);
  for (const words of ["del otro", "de Ana", "lejos"]) {
    assert.ok((await placesOf(h, words)).includes("calls.notes"), words);
  }
  assert.equal((await call("GET", `/api/calls/${hers}`)).phone, null);
  assert.notEqual(
    (await call("GET", `/api/tickets/${shared}`)).subject,
    "",
    "which another called about, too",
  );
});

Deno.test("two contacts made one lead to what came of either's numbers before they were known", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const { settle, ring, contact, exported, erase } = await openLine(h);
  const second = "+528177770000";
  const calls = [await ring(NUMBER, { notes: TOLD }), await ring(second, { notes: TOLD })];
  await settle();
  const made = [await contact(NUMBER), await contact(second)];
  const one = await contact(NUMBER, second);
  assert.ok(made.includes(one));
  assert.deepEqual((await exported(one)).calls, calls.toSorted());
  await erase(one);
  for (const needle of [NATIONAL, second, TOLD]) assert.deepEqual(await placesOf(h, needle), [], needle);
});

Deno.test("who goes by a number with the mark of a mobile leads to calls of it that were logged without country and mark", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const { settle, call, ring, contact, exported, erase } = await openLine(h);
  const bare = await ring(NATIONAL, { notes: TOLD });
  await settle();
  await call("PUT", "/api/calls/settings", { country: "52" });
  const eva = await contact(`+521${NATIONAL}`);
  assert.deepEqual((await exported(eva)).calls, [bare]);
  await erase(eva);
  for (const needle of [NATIONAL, TOLD]) assert.deepEqual(await placesOf(h, needle), [], needle);
});

Deno.test("calls that name no contact are found by their number, and not among all that name none", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const { settle, ring, contact, exported, erase } = await openLine(h);
  await ring(NUMBER, { duration_s: 0 });
  await settle();
  const eva = await contact(NUMBER);
  const { client } = h.ports.database;
  const planned = await plansOf(client, async () => {
    await exported(eva);
    await erase(eva);
  });
  const steps = planned.flatMap(({ plan }) => plan.split("\n"));
  assert.ok(steps.some((step) => /calls USING (COVERING )?INDEX calls_phone \(.*phone=\?\)/.test(step)));
  assert.ok(steps.some((step) => step.includes("other USING INDEX calls_ticket")));
  const ofNobody = planned.filter(({ sql }) => sql.includes("contact_id is null"));
  assert.ok(ofNobody.length >= 4);
  assert.deepEqual(ofNobody.filter(({ plan }) => /(calls|tickets|visits)_contact/.test(plan)), []);
});

import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { events } from "../../db/schema/log.ts";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { tellMissed } from "../../lib/calls/mod.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { ticketConsumer } from "../../lib/tickets/mod.ts";
import { tellCall } from "../support/call-hook.ts";
import { deskOf } from "../support/desk.ts";
import { harness } from "../support/harness.ts";
import { later, START } from "./calls-world.ts";

const NUMBER = "+528112345678";

type Row = Record<string, unknown>;

/** A desk on which a missed call opens a ticket; `miss` is one, with what follows it. */
async function openLine() {
  const h = await harness();
  const owner = await h.person();
  const { call, operator } = deskOf(h, owner);
  await call("PUT", "/api/calls/settings", { ticket_on_missed: true, country: "52" });
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  const ring = async (more: Row = {}): Promise<string> => {
    const { status, body } = await call("POST", "/api/calls", {
      direction: "in",
      phone: NUMBER,
      line: "101",
      started_at: START,
      duration_s: 0,
      ...more,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  };
  const ticketOf = async (id: string): Promise<string> =>
    (await call("GET", `/api/calls/${id}`)).body.ticket_id;
  const miss = async (more: Row = {}) => {
    const id = await ring(more);
    await tellMissed(inside, { callId: id });
    return await ticketOf(id);
  };
  const read = async (id: string) => (await call("GET", `/api/tickets/${id}`)).body;
  const said = async (id: string): Promise<string[]> =>
    (await call("GET", `/api/tickets/${id}/comments`)).body.data.map(({ text }: Row) => text).toSorted();
  return {
    h,
    owner,
    call,
    operator,
    inside,
    ring,
    miss,
    read,
    said,
    ticketOf,
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

Deno.test("calls that a number makes in vain are one ticket while it is open, which counts them, and a new one after", async () => {
  await using w = await openLine();
  const ana = await w.h.person({ workspaceId: w.owner.workspaceId, role: "operator" });
  await w.operator("Ana", { user_id: ana.userId });
  const first = await w.miss();
  const fresh = await w.read(first);
  assert.equal(fresh.missed_calls, 1);
  await drainConsumers(w.h.system, [ticketConsumer]);
  w.h.clock.advance(10 * MINUTE);
  assert.equal(await w.miss({ phone: "81 1234 5678", started_at: later(600) }), first);
  const again = await w.read(first);
  assert.deepEqual([again.missed_calls, again.subject], [2, fresh.subject]);
  assert.ok(again.updated_at > fresh.updated_at && again.version > fresh.version);
  const [comment = ""] = await w.said(first);
  assert.match(
    comment,
    /^Otra llamada perdida: \+528112345678 → 101, lunes, 5 de enero de 2026, .*\. Van 2\.$/,
  );
  const { body: links } = await w.call("GET", `/api/tickets/${first}/links`);
  assert.deepEqual(links.data.map(({ kind }: Row) => kind), ["call", "call"]);
  assert.equal((await w.call("GET", `/api/calls?ticket_id=${first}`)).body.data.length, 2);
  const { body: history } = await w.call("GET", `/api/tickets/${first}/history`);
  assert.deepEqual(history.data.map(({ action, changes }: Row) => [action, changes]), [
    ["call_missed", { missed_calls: { from: 1, to: 2 } }],
    ["opened", {}],
  ]);
  await drainConsumers(w.h.system, [ticketConsumer]);
  await drainConsumers(w.h.system, [ticketConsumer]);
  const { body: heard } = await w.h.request("GET", "/api/notifications", { token: ana.token });
  assert.deepEqual(heard.data.map(({ subject }: Row) => subject), [
    "T-1: comentario nuevo",
    "T-1 es suyo: Llamada perdida: +528112345678",
  ]);
  const told = await w.h.system.db.select().from(events).where(eq(events.type, "call.missed"));
  assert.deepEqual(told.map(({ data }) => Reflect.get(Object(data), "ticket_id")), [first, first]);
  assert.notEqual(await w.miss({ phone: "+528110000000" }), first, "another number");
  await w.call("PUT", `/api/tickets/${first}`, { state: "resolved" });
  const next = await w.miss({ started_at: later(900) });
  assert.notEqual(next, first);
  assert.equal((await w.read(next)).missed_calls, 1);
});

Deno.test("two calls of a number that are missed at once make one ticket, and each is counted once however often it is told", async () => {
  await using w = await openLine();
  const ids = [
    await w.ring(),
    await w.ring({ started_at: later(2) }),
    await w.ring({ started_at: later(4) }),
  ];
  await Promise.all([...ids, ...ids].map((callId) => tellMissed(w.inside, { callId })));
  const tickets = new Set(await Promise.all(ids.map(w.ticketOf)));
  assert.equal(tickets.size, 1);
  const [ticket = ""] = tickets;
  assert.equal((await w.read(ticket)).missed_calls, 3);
  assert.equal((await w.said(ticket)).length, 2);
  const withheld = [await w.miss({ phone: null }), await w.miss({ phone: null, started_at: later(9) })];
  assert.equal(new Set([...withheld, ticket]).size, 3, "a number that is withheld is nobody's");
});

Deno.test("an answered call back is noted once on the ticket, also when it is told before the ticket is there, and not to who made it", async () => {
  await using w = await openLine();
  const ana = await w.h.person({ workspaceId: w.owner.workspaceId, role: "operator" });
  const { id: operatorId } = await w.operator("Ana", { user_id: ana.userId });
  const { body: secret } = await w.call("POST", "/api/calls/settings/secret");
  const ticket = await w.miss();
  await drainConsumers(w.h.system, [ticketConsumer]);
  const back = { direction: "out", phone: NUMBER, operator_id: operatorId };
  await w.ring({ ...back, started_at: later(30) });
  assert.deepEqual(await w.said(ticket), [], "nobody answered");
  const answered = await w.ring({ ...back, started_at: later(60), duration_s: 95 });
  assert.equal(await w.ticketOf(answered), ticket);
  const [note = ""] = await w.said(ticket);
  assert.match(note, /^Se le devolvió la llamada: \+528112345678, lunes.*, Ana\. Hablaron 1 min 35 s\.$/);
  await w.call("PUT", `/api/calls/${answered}`, { outcome: "Resuelta" });
  const event = { call_id: "pbx-9", direction: "out", to: NUMBER, operator: operatorId, at: later(120) };
  for (const name of ["answered", "answered", "ended"]) {
    const { status } = await tellCall(w.h, secret, { ...event, event: name });
    assert.equal(status, 204);
  }
  assert.equal((await w.said(ticket)).length, 2);
  await drainConsumers(w.h.system, [ticketConsumer]);
  const { body: heard } = await w.h.request("GET", "/api/notifications", { token: ana.token });
  assert.equal(heard.data.length, 1, "that it is hers");
  await w.call("PUT", `/api/tickets/${ticket}`, { state: "resolved" });
  await w.ring({ ...back, started_at: later(200), duration_s: 5 });
  const missed = await w.ring({ started_at: later(300) });
  const early = await w.ring({ ...back, started_at: later(360), duration_s: 40 });
  w.h.clock.advance(MINUTE);
  await tellMissed(w.inside, { callId: missed });
  const other = await w.ticketOf(missed);
  const { body: linked } = await w.call("GET", `/api/calls/${early}`);
  assert.deepEqual([linked.ticket_id, Date.parse(linked.updated_at)], [other, w.h.clock.now()]);
  const told = await w.h.system.db.select().from(events).where(eq(events.subjectId, early));
  assert.deepEqual(told.map(({ type, data }) => [type, Object(data).call.ticket_id]), [
    ["call.logged", null],
    ["call.changed", other],
  ]);
  assert.notEqual(other, ticket);
  assert.match((await w.said(other)).join("\n"), /^Se le devolvió la llamada: .* Hablaron 40 s\.$/);
  assert.equal((await w.said(ticket)).length, 2, "what is settled is left alone");
});

Deno.test("whoever is known is one caller at all of their numbers; colleagues are callers of their own, and a company's own number is none of them", async () => {
  await using w = await openLine();
  const { body: company } = await w.call("POST", "/api/clients", { name: "Taller", phone: "+528155550000" });
  const contact = async (more: Row) =>
    (await w.call("POST", `/api/clients/${company.id}/contacts`, more)).body.id;
  const eva = await contact({ phone: NUMBER });
  const luz = await contact({ phone: "+528199990000" });
  const ofEva = await w.miss();
  assert.equal(await w.miss({ phone: "+528144440000", contact_id: eva }), ofEva);
  const ofLuz = await w.miss({ contact_id: luz, phone: "+528199990000" });
  assert.notEqual(ofLuz, ofEva);
  const ofCompany = await w.miss({ phone: "+528155550000", started_at: later(60) });
  assert.ok([ofEva, ofLuz].includes(ofCompany), "it is told where the company's matter is");
  const waiting = await w.call("PUT", `/api/tickets/${ofEva}`, { state: "pending_customer" });
  assert.equal(waiting.status, 200, JSON.stringify(waiting.body));
  await w.miss({ started_at: later(90) });
  const opened = await w.read(ofEva);
  assert.equal(opened.state, "open", "the customer waits for us, not we for the customer");
});

Deno.test("what is noted of calls on somebody else's ticket is exported and erased with whoever called, and once", async () => {
  await using w = await openLine();
  const { body: company } = await w.call("POST", "/api/clients", { name: "Taller" });
  const contact = async (phone: string) =>
    (await w.call("POST", `/api/clients/${company.id}/contacts`, { phone })).body.id;
  const own = "+528199990000";
  const [eva, luz] = [await contact(NUMBER), await contact(own)];
  const ticket = await w.miss();
  assert.equal((await w.read(ticket)).contact_id, eva);
  assert.equal(await w.miss({ contact_id: luz, started_at: later(10) }), ticket);
  await w.ring({ direction: "out", phone: own, started_at: later(20), duration_s: 30 });
  assert.equal(await w.miss({ started_at: later(90) }), ticket);
  const notes = await w.said(ticket);
  assert.equal(notes.filter((text) => text.includes(own)).length, 1, notes.join("\n"));
  const elsewhere = async (id: string) =>
    (await w.call("GET", `/api/contacts/${id}/export`)).body.ticket_comments_elsewhere.length;
  assert.deepEqual([await elsewhere(luz), await elsewhere(eva)], [2, 0]);
  assert.equal((await w.call("DELETE", `/api/contacts/${luz}`)).status, 200);
  const [gone, empty, ofEva = ""] = await w.said(ticket);
  assert.deepEqual([gone, empty], ["", ""]);
  assert.match(ofEva, /Van 3\.$/);
  const log = await w.h.system.db.select().from(events).where(eq(events.type, "ticket.commented"));
  assert.ok(!JSON.stringify(log).includes(own));
});

Deno.test("after a merge calls go on in the ticket that goes on, which counts all of them, and are erased with whoever called", async () => {
  await using w = await openLine();
  const { body: one } = await w.call("POST", "/api/clients", { name: "Uno" });
  const { body: eva } = await w.call("POST", `/api/clients/${one.id}/contacts`, { phone: NUMBER });
  const source = await w.miss();
  await w.miss({ started_at: later(10) });
  const target = await w.miss({ phone: "+528110000000" });
  assert.equal((await w.call("POST", `/api/tickets/${source}/merge`, { into: target })).status, 200);
  assert.equal((await w.read(target)).missed_calls, 3);
  assert.equal(await w.miss({ started_at: later(20) }), target);
  assert.equal((await w.read(target)).missed_calls, 4);
  assert.equal((await w.said(target)).filter((text) => text.includes(NUMBER)).length, 2);
  assert.equal((await w.call("DELETE", `/api/contacts/${eva.id}`)).status, 200);
  assert.deepEqual((await w.said(target)).filter((text) => text.includes(NUMBER)), []);
  const log = await w.h.system.db.select().from(events).where(eq(events.type, "ticket.commented"));
  assert.ok(!JSON.stringify(log).includes(NUMBER));
});

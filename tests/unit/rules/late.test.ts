import assert from "node:assert/strict";
import fc from "fast-check";
import { dryRun, rulesConsumer, runRules } from "../../../lib/rules/mod.ts";
import { emit, readEvents } from "../../../lib/events/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import type { Tx } from "../../../lib/context.ts";
import { findTicket, hearCustomer } from "../../../lib/tickets/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

Deno.test("a rule judges what happened to promises, visits and messages by the ticket as it was then, however late", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.promise({ first_response: { normal: 30 }, resolution: { normal: 600 } });
  const { id } = await desk.send("POST", "/api/tickets", { subject: "Fuga", labels: ["agua"] });
  await desk.pass(31);
  await desk.send("PUT", `/api/tickets/${id}`, { priority: "urgent", labels: ["gas"], state: "resolved" });
  await desk.pass(1);
  await desk.send("PUT", `/api/tickets/${id}`, { state: "open" });
  await desk.settle();
  const then = {
    all: [
      { field: "ticket.priority", operator: "is", value: "normal" },
      { field: "ticket.labels", operator: "has", value: "agua" },
      { field: "ticket.state", operator: "is", value: "new" },
      { field: "ticket.reopens", operator: "at_most", value: 0 },
      { field: "ticket.overdue", operator: "is", value: true },
    ],
  };
  const now = { field: "ticket.priority", operator: "is", value: "urgent" };
  for (const [name, conditions] of [["then", then], ["now", now]] as const) {
    await desk.rule({
      name,
      when: { event: "sla.breached" },
      conditions,
      actions: [{ type: "add_labels", labels: [name] }],
    });
  }
  const events = await readEvents(desk.person.ctx, { after: 0, limit: 500 });
  const breached = events.find(({ type }) => type === "sla.breached");
  assert.ok(breached);
  await runRules(h.system.as({ workspaceId: desk.person.workspaceId }), { seq: breached.seq });
  assert.deepEqual((await desk.send("GET", `/api/tickets/${id}`)).labels, ["gas", "then"]);
});

Deno.test("events that come late set no watch back: in whatever order they come, it is as if they had come in theirs", async () => {
  const steps = fc.array(
    fc.constantFrom("ours", "theirs", "private", "open", "pending_customer", "pending_internal", "resolved"),
    { minLength: 3, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.boolean()), async (all, fails) => {
      await using h = await harness();
      const desk = await openDesk(h);
      const { id } = await desk.send("POST", "/api/tickets", { subject: "Fuga" });
      const inside = h.system.as({ workspaceId: desk.person.workspaceId });
      for (const what of all) {
        h.clock.advance(MINUTE);
        if (what === "theirs") await inside.transact((tx) => theirs(tx, id));
        else if (what === "ours" || what === "private") {
          const visibility = what === "ours" ? "public" : "private";
          await desk.send("POST", `/api/tickets/${id}/comments`, { text: "x", visibility });
        } else {await h.request("PUT", `/api/tickets/${id}`, {
            token: desk.person.token,
            body: { state: what },
          });}
      }
      const events = await readEvents(inside, { after: 0, limit: 500 });
      const watched = async (order: typeof events) => {
        await h.ports.database.client.execute("delete from rule_watches");
        for (const event of order) await inside.transact((tx) => rulesConsumer.handle(tx, event));
        const { rows: [row] } = await h.ports.database.client.execute("select * from rule_watches");
        const { seen_seq: _, ...watch } = { ...row };
        return watch;
      };
      const inOrder = await watched(events);
      const set = events.map((event) => ({ event, aside: fails.next().value }));
      const late = await watched([
        ...set.filter(({ aside }) => !aside).map(({ event }) => event),
        ...set.filter(({ aside }) => aside).map(({ event }) => event),
      ]);
      assert.deepEqual(late, inOrder);
    }),
    { numRuns: 20 },
  );
});

async function theirs(tx: Tx, id: string): Promise<void> {
  const ticket = await findTicket(tx, id);
  if (ticket !== null && ticket.state !== "closed") {
    await hearCustomer(tx, { ticket, text: "y", at: tx.now() });
  }
}

Deno.test("a dry run sees tickets, visits and conversations from before its time as the rules did", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.promise({ resolution: { high: 60 } });
  const talk = await desk.send("POST", "/api/conversations", {
    contact: { external_id: "crm-7", name: "Ana" },
    text: "Hay una fuga",
  });
  const conversation_id = String(Object(talk)["conversation_id"]);
  const { id } = await desk.send("POST", "/api/tickets", {
    subject: "Fuga",
    priority: "high",
    conversation_id,
  });
  await desk.settle();
  h.clock.advance(MINUTE);
  const from = new Date(h.clock.now()).toISOString();
  const high = { field: "ticket.priority", operator: "is", value: "high" };
  const overdue = { all: [high, { field: "ticket.overdue", operator: "is", value: true }] };
  const actions = [{ type: "add_labels" as const, labels: ["visto"] }];
  const rule_ids = [
    await desk.rule({ when: { event: "sla.breached" }, conditions: overdue, actions }),
    await desk.rule({ when: { event: "message.received" }, conditions: high, actions }),
  ];
  await desk.pass(61);
  await desk.send("POST", "/api/conversations", {
    contact: { external_id: "crm-7" },
    text: "Sigue la fuga",
  });
  await desk.settle();
  const real = await desk.runs();
  assert.deepEqual(real.toSorted(), ["message.received done", "sla.breached done"]);
  const { rules } = await dryRun(desk.person.ctx, { rule_ids, from });
  assert.deepEqual(rules.map(({ fired, samples }) => [fired, samples[0]?.subject_id]), [[1, id], [1, id]]);
});

Deno.test("others get their turns while many rules look at what happened in a dry run", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const conditions = { all: [{ field: "ticket.subject", operator: "contains", value: "gas" }] };
  for (let n = 0; n < 50; n++) await desk.rule({ name: `r${n}`, conditions });
  const ticket = { subject: "Fuga de agua en el patio ".repeat(200), created_at: "2026-01-05T15:00:00Z" };
  await h.system.as({ workspaceId: desk.person.workspaceId }).transact(async (tx) => {
    for (let n = 0; n < 450; n++) {
      const id = `tkt_${n}`;
      await emit(tx, { type: "ticket.opened", subjectId: id, data: { ticket: { ...ticket, id } } });
    }
  });
  let turns = 0;
  const beat = setInterval(() => turns++, 0);
  const { scanned, rules } = await dryRun(desk.person.ctx, {});
  clearInterval(beat);
  assert.deepEqual([scanned, rules.length, rules[0]?.fired], [450, 50, 0]);
  assert.ok(turns > 5, `${turns} turns`);
});

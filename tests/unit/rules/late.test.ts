import assert from "node:assert/strict";
import fc from "fast-check";
import { rulesConsumer, runRules } from "../../../lib/rules/mod.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import type { Tx } from "../../../lib/context.ts";
import { findTicket, hearCustomer } from "../../../lib/tickets/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

Deno.test("a rule judges what happened to promises, visits and messages by the ticket as it was then, however late", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.send("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    targets: { first_response: { normal: 30 }, resolution: { normal: 600 } },
  });
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

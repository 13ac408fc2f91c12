import assert from "node:assert/strict";
import { DAY, MINUTE } from "../../../lib/kernel/clock.ts";
import { type RuleInput, updateRule } from "../../../lib/rules/mod.ts";
import { getTicket, openTicket } from "../../../lib/tickets/mod.ts";
import { setBusiness } from "../../../lib/conversations/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { type Desk, openDesk } from "./desk.ts";

const neverOpen = (desk: Desk) => setBusiness(desk.person.ctx, { timezone: "UTC", hours: {} });
const alwaysOpen = (desk: Desk) => setBusiness(desk.person.ctx, { hours: null });
const labelling = (label: string): Partial<RuleInput> => ({
  when: { since: "state", minutes: 60 },
  actions: [{ type: "add_labels", labels: [label] }],
});
const open = async (desk: Desk, subject: string) => (await openTicket(desk.person.ctx, { subject })).id;
const labelsOf = async (desk: Desk, ticketId: string) =>
  (await getTicket(desk.person.ctx, { ticketId })).labels;

async function openNever(): Promise<{ h: Harness; desk: Desk }> {
  const h = await harness();
  const desk = await openDesk(h);
  await neverOpen(desk);
  await desk.settle();
  return { h, desk };
}

Deno.test("tickets whose time never came by the old hours are looked at by the new ones, each once its time has come", async () => {
  const { h, desk } = await openNever();
  await using _ = h;
  await desk.rule(labelling("tarde"));
  const old = await open(desk, "a");
  const done = await open(desk, "b");
  await desk.settle();
  await desk.send("PUT", `/api/tickets/${done}`, { state: "resolved" });
  // Longer than a timer of no time waits.
  for (let days = 0; days < 70; days++) {
    h.clock.advance(DAY);
    await desk.settle();
  }
  const fresh = await open(desk, "c");
  await desk.settle();
  assert.deepEqual(await labelsOf(desk, old), []);
  h.clock.advance(30 * MINUTE);
  await alwaysOpen(desk);
  await desk.settle();
  assert.deepEqual(await labelsOf(desk, old), ["tarde"]);
  assert.deepEqual(await labelsOf(desk, fresh), []);
  await desk.pass(29);
  assert.deepEqual(await labelsOf(desk, fresh), []);
  await desk.pass(1);
  assert.deepEqual(await labelsOf(desk, fresh), ["tarde"]);
  assert.deepEqual(await labelsOf(desk, done), []);
  assert.equal((await desk.runs()).length, 2);
});

Deno.test("a rule that is made, or is to wait otherwise, while no hours let its time come is kept for the hours that do", async () => {
  const { h, desk } = await openNever();
  await using _ = h;
  const id = await open(desk, "a");
  await desk.settle();
  await desk.rule(labelling("nueva"));
  const changed = await desk.rule({ ...labelling("otra"), when: { since: "state", minutes: 600 } });
  await desk.settle();
  await updateRule(desk.person.ctx, { id: changed, when: { since: "state", minutes: 90 } });
  await desk.settle();
  h.clock.advance(45 * MINUTE);
  await alwaysOpen(desk);
  await desk.pass(14);
  assert.deepEqual(await labelsOf(desk, id), []);
  await desk.pass(1);
  assert.deepEqual(await labelsOf(desk, id), ["nueva"]);
  await desk.pass(30);
  assert.deepEqual(await labelsOf(desk, id), ["nueva", "otra"]);
});

Deno.test("a time that hours took away while it was awaited comes when they give it back", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await alwaysOpen(desk);
  await desk.rule(labelling("tarde"));
  await desk.rule({ ...labelling("espera"), when: { since: "customer_waits", minutes: 60 } });
  const id = await open(desk, "a");
  await desk.pass(10);
  await neverOpen(desk);
  // The timers of the old hours come, and find that no time has come.
  await desk.pass(60);
  assert.deepEqual(await labelsOf(desk, id), []);
  await alwaysOpen(desk);
  await desk.settle();
  assert.deepEqual((await labelsOf(desk, id)).toSorted(), ["espera", "tarde"]);
});

Deno.test("a conversation that waits while no hours count its wait is told of once other hours do", async () => {
  const { h, desk } = await openNever();
  await using _ = h;
  await desk.rule({
    when: { since: "conversation_waits", minutes: 30 },
    actions: [{ type: "open_ticket", subject: "Espera: {{message.text}}" }],
  });
  const talk = await desk.send("POST", "/api/conversations", {
    contact: { external_id: "ana" },
    text: "Hola",
  });
  await desk.send("POST", `/api/conversations/${Object(talk)["conversation_id"]}/takeover`);
  await desk.pass(31);
  assert.deepEqual(await desk.runs(), []);
  await alwaysOpen(desk);
  await desk.settle();
  assert.deepEqual(await desk.runs(), ["since:conversation_waits done"]);
});

import assert from "node:assert/strict";
import { updateRule } from "../../../lib/rules/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";
import { URGENT } from "./urgent.ts";

Deno.test("a rule of time acts when a ticket has been so for long enough, once, and not when it moved on", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({ when: { since: "state", minutes: 30, counts: "wall" } });
  const stays = await desk.send("POST", "/api/tickets", { subject: "a", priority: "low" });
  const moves = await desk.send("POST", "/api/tickets", { subject: "b", priority: "low" });
  const ends = await desk.send("POST", "/api/tickets", { subject: "c", priority: "low" });
  await desk.pass(20);
  await desk.send("PUT", `/api/tickets/${moves.id}`, { state: "open" });
  await desk.send("PUT", `/api/tickets/${ends.id}`, { state: "resolved" });
  const priorities = async () =>
    await Promise.all(
      [stays, moves, ends].map(async ({ id }) => (await desk.send("GET", `/api/tickets/${id}`)).priority),
    );
  await desk.pass(15);
  assert.deepEqual(await priorities(), ["normal", "low", "low"]);
  await desk.pass(20);
  assert.deepEqual(await priorities(), ["normal", "normal", "low"]);
  await desk.pass(40);
  assert.deepEqual(await priorities(), ["normal", "normal", "low"]);
});

Deno.test("a rule of time counts business minutes, and looks at the tickets that are there when it is made", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.openUntil("16:30");
  const { id } = await desk.send("POST", "/api/tickets", { subject: "a", priority: "low" });
  await desk.pass(10);
  await desk.rule({ when: { since: "customer_waits", minutes: 60 } });
  await desk.pass(120);
  assert.equal(
    (await desk.send("GET", `/api/tickets/${id}`)).priority,
    "low",
    "16:30 to 9:00 does not count",
  );
  h.clock.set(Date.UTC(2026, 0, 6, 9, 29));
  await desk.settle();
  assert.equal((await desk.send("GET", `/api/tickets/${id}`)).priority, "low");
  await desk.pass(1);
  assert.equal((await desk.send("GET", `/api/tickets/${id}`)).priority, "normal");
});

Deno.test("a rule of time that is to wait for less does so where it waits already, and looks once", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const waiting = (minutes: number) => ({ when: { since: "state", minutes, counts: "wall" } as const });
  const labelling = (label: string) => [{ type: "add_labels" as const, labels: [label] }];
  const ids = [
    await desk.rule({ ...waiting(120), actions: labelling("a") }),
    await desk.rule({
      ...waiting(120),
      conditions: { all: [{ field: "ticket.labels", operator: "has", value: "tarde" }] },
      actions: labelling("b"),
    }),
  ];
  const { id } = await desk.send("POST", "/api/tickets", { subject: "x" });
  const labels = async () => (await desk.send("GET", `/api/tickets/${id}`)).labels;
  await desk.pass(10);
  for (const id of ids) await updateRule(desk.person.ctx, { id, ...waiting(30) });
  await desk.pass(19);
  assert.deepEqual(await labels(), []);
  await desk.pass(1);
  assert.deepEqual(await labels(), ["a"], "30 minutes after it was opened");
  await desk.send("PUT", `/api/tickets/${id}`, { labels: ["tarde"] });
  await desk.pass(100);
  assert.deepEqual(await labels(), ["tarde"], "nothing waits for the time that was said before");
});

Deno.test("business hours that become longer bring the time nearer, and a rule that looked looks no more", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.openUntil("16:30");
  const labelling = (label: string) => [{ type: "add_labels" as const, labels: [label] }];
  await desk.rule({ when: { since: "state", minutes: 60 }, actions: labelling("hora") });
  await desk.rule({
    when: { since: "state", minutes: 20 },
    conditions: { all: [{ field: "ticket.labels", operator: "has", value: "hora" }] },
    actions: labelling("miró tarde"),
  });
  h.clock.set(Date.UTC(2026, 0, 5, 16));
  const { id } = await desk.send("POST", "/api/tickets", { subject: "a" });
  const labels = async () => (await desk.send("GET", `/api/tickets/${id}`)).labels;
  await desk.pass(40);
  await desk.openUntil("20:00");
  await desk.pass(19);
  assert.deepEqual(await labels(), [], "16:59");
  await desk.pass(1);
  assert.deepEqual(await labels(), ["hora"], "17:00, and not at 9:30 of the next day");
  await desk.openUntil("21:00");
  await desk.pass(20);
  h.clock.set(Date.UTC(2026, 0, 6, 10));
  await desk.settle();
  assert.deepEqual(await labels(), ["hora"]);
  assert.equal((await desk.runs()).length, 1);
});

Deno.test("silence counts from our last word, and the customer's answer ends it", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { since: "customer_silent", minutes: 15, counts: "wall" },
    actions: [{ type: "add_labels", labels: ["callado"] }],
  });
  const { id } = await desk.send("POST", "/api/tickets", URGENT);
  await desk.pass(20);
  await desk.send("POST", `/api/tickets/${id}/comments`, { text: "¿Sigue ahí?", visibility: "public" });
  await desk.pass(14);
  assert.deepEqual((await desk.send("GET", `/api/tickets/${id}`)).labels, []);
  await desk.pass(1);
  assert.deepEqual((await desk.send("GET", `/api/tickets/${id}`)).labels, ["callado"]);
});

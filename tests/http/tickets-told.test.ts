import assert from "node:assert/strict";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { writtenTime } from "../../lib/business-time/mod.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { ticketConsumer } from "../../lib/tickets/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { work } from "../unit/conversations/talk.ts";

Deno.test("a promise that breaks is told to the operator who has the ticket and to who watches", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const ana = await h.person({ workspaceId: owner.workspaceId, role: "operator" });
  await desk.operator("Ana", { user_id: ana.userId });
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    targets: { first_response: { normal: 60 } },
    warn: { minutes: 10 },
    default: true,
  });
  await desk.open();
  h.clock.advance(51 * MINUTE);
  await work(h, handlers);
  await drainConsumers(h.system, [ticketConsumer]);
  h.clock.advance(10 * MINUTE);
  await work(h, handlers);
  await drainConsumers(h.system, [ticketConsumer]);
  const { body } = await h.request("GET", "/api/notifications", { token: ana.token });
  const subjects = body.data.map(({ subject }: { subject: string }) => subject).sort();
  assert.deepEqual(subjects, ["T-1 es suyo: El aire no enfría", "T-1 está vencido", "T-1 vence pronto"]);
});

Deno.test("of two promises about a ticket each notice says which one it is about, and when that one is due", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    warn: { minutes: 10 },
    targets: { first_response: { normal: 60 }, resolution: { normal: 180 } },
  });
  await desk.operator("Ana", { email: "ana@aurora.example" });
  await desk.open();
  const begun = h.clock.now();
  for (const minutes of [51, 10, 110, 10]) {
    h.clock.advance(minutes * MINUTE);
    await work(h, handlers);
    await drainConsumers(h.system, [ticketConsumer]);
    await work(h, handlers);
  }
  const said = h.ports.mail.sent.filter(({ subject }) => /venc/.test(subject)).map(({ text }) => text);
  const due = (minutes: number) => writtenTime(begun + minutes * MINUTE, { zone: "UTC", language: "es" });
  assert.deepEqual(said, [
    `El aire no enfría\n\nVence (primera respuesta): ${due(60)}`,
    `El aire no enfría\n\nVenció (primera respuesta): ${due(60)}`,
    `El aire no enfría\n\nVence (solución): ${due(180)}`,
    `El aire no enfría\n\nVenció (solución): ${due(180)}`,
  ]);
});

Deno.test("an operator who is no user of the desk hears by mail of what is given, said and overdue, in a language of theirs", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("PUT", "/api/business/config", { languages: ["es", "en"] });
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    targets: { first_response: { normal: 60 } },
  });
  await desk.operator("Ana", { email: "ana@aurora.example", languages: ["en"] });
  const { id, contact_id } = await desk.open({ contact: { email: "eva@espiga.example" } });
  assert.ok(contact_id);
  const told: string[][] = [];
  const pass = async (minutes: number) => {
    h.clock.advance(minutes * MINUTE);
    await work(h, handlers);
    await drainConsumers(h.system, [ticketConsumer]);
    await work(h, handlers);
    const { sent } = h.ports.mail;
    told.push(sent.splice(0).filter(({ to }) => to === "ana@aurora.example").map(({ subject }) => subject));
  };
  await pass(1);
  await desk.call("POST", `/api/tickets/${id}/comments`, { text: "Traer gas" });
  for (const minutes of [1, 50, 10]) await pass(minutes);
  assert.deepEqual(told, [
    ["T-1 is yours: El aire no enfría"],
    ["T-1: new comment"],
    ["T-1 is due soon"],
    ["T-1 is overdue"],
  ]);
});

Deno.test("a promise about what nobody has is told to all of its team, and to nobody of another", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    warn: null,
    targets: { first_response: { normal: 60 } },
  });
  const operator = async (name: string) =>
    (await desk.operator(name, { email: `${name}@aurora.example`, capacity: 0 })).id;
  const [ana, luis] = [await operator("ana"), await operator("luis"), await operator("eva")];
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Gas", operator_ids: [ana, luis] });
  await desk.open({ team_id: team.id });
  h.clock.advance(61 * MINUTE);
  await work(h, handlers);
  await drainConsumers(h.system, [ticketConsumer]);
  await work(h, handlers);
  assert.deepEqual(h.ports.mail.sent.map(({ to, subject }) => `${to} ${subject}`).sort(), [
    "ana@aurora.example T-1 está vencido",
    "luis@aurora.example T-1 está vencido",
  ]);
});

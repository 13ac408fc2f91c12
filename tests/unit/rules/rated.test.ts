import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { ticketSurveys } from "../../../db/schema/tickets.ts";
import { tellMissed } from "../../../lib/calls/mod.ts";
import { dryRun } from "../../../lib/rules/mod.ts";
import { answerSurvey } from "../../../lib/tickets/mod.ts";
import { deriveSecret } from "../../../lib/identity/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

const CHIEF = { channel: "email" as const, recipient: "jefe@aurora.example" };

Deno.test("a rule hears what the customer says of how a ticket was dealt with, and a dry run too", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const rule = {
    when: { event: "ticket.rated" as const },
    conditions: {
      all: [
        { field: "rating.score", operator: "at_most", value: 2 },
        { field: "ticket.priority", operator: "is", value: "high" },
      ],
    },
    actions: [
      {
        type: "notify" as const,
        to: [CHIEF],
        subject: "{{ticket.reference}}: {{rating.score}}",
        message: "{{rating.comment}}",
      },
      { type: "add_labels" as const, labels: ["descontento"] },
    ],
  };
  await desk.rule(rule);
  const rate = async (score: number, comment: string) => {
    const contact = { email: `a${score}@espiga.example` };
    const { id } = await desk.send("POST", "/api/tickets", { subject: "Fuga", priority: "high", contact });
    await desk.send("PUT", `/api/tickets/${id}`, { state: "resolved" });
    const [survey] = await h.system.db.select().from(ticketSurveys).where(eq(ticketSurveys.ticketId, id));
    const surveyId = survey?.id ?? "";
    const secret = await deriveSecret(h.system.config, "ticket survey", [surveyId]);
    await answerSurvey(h.system, { token: `${surveyId}.${secret}`, score, comment });
    await desk.settle();
    return id;
  };
  const [sad, glad] = [await rate(1, "Llegaron tarde"), await rate(5, "Muy bien")];
  assert.deepEqual((await desk.send("GET", `/api/tickets/${sad}`)).labels, ["descontento"]);
  assert.deepEqual((await desk.send("GET", `/api/tickets/${glad}`)).labels, []);
  const told = h.ports.mail.sent.filter(({ to }) => to === CHIEF.recipient);
  assert.deepEqual(told.map(({ subject, text }) => [subject, text.trim()]), [["T-1: 1", "Llegaron tarde"]]);
  const { rules: [trial] } = await dryRun(desk.person.ctx, { rule: { name: "x", ...rule } });
  assert.deepEqual([trial?.fired, trial?.samples[0]?.subject_id], [1, sad]);
});

Deno.test("a rule hears of a missed call, with the ticket that it opened where it did", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.send("PUT", "/api/calls/settings", { ticket_on_missed: true });
  await desk.rule({
    when: { event: "call.missed" },
    conditions: { field: "call.line", operator: "is", value: "101" },
    actions: [
      { type: "set_priority", priority: "urgent" },
      { type: "notify", to: [CHIEF], subject: "{{call.phone}}", message: "{{ticket.reference}}" },
    ],
  });
  for (const [line, phone] of [["101", "+528112345678"], ["102", "+528112345679"]]) {
    const call = {
      direction: "in",
      phone,
      line,
      started_at: "2026-01-05T15:00:00Z",
      duration_s: 0,
    };
    const { id: callId } = await desk.send("POST", "/api/calls", call);
    await tellMissed(h.system.as({ workspaceId: desk.person.workspaceId }), { callId });
  }
  await desk.settle();
  const { data } = await desk.send("GET", "/api/tickets") as never as { data: { priority: string }[] };
  assert.deepEqual(data.map(({ priority }) => priority).sort(), ["normal", "urgent"]);
  const told = h.ports.mail.sent.filter(({ to }) => to === CHIEF.recipient);
  assert.deepEqual(told.map(({ subject, text }) => [subject, text.trim()]), [["+528112345678", "T-1"]]);
});

Deno.test("a rule hears how the customer sounds who opens a ticket by mail or asks in one, and nobody's own words", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.rule({
    when: { event: "ticket.opened" },
    conditions: { field: "ticket.mood", operator: "is", value: "negative" },
    actions: [{ type: "add_labels", labels: ["enojo"] }],
  });
  const labels = async (source: string, description: string) => {
    const { id } = await desk.send("POST", "/api/tickets", { subject: "Servicio", source, description });
    await desk.settle();
    return (await desk.send("GET", `/api/tickets/${id}`)).labels;
  };
  const angry = "Pésimo servicio, estoy harto de esperar.";
  assert.deepEqual(await labels("email", angry), ["enojo"]);
  assert.deepEqual(await labels("email", "Quisiera cotizar un equipo."), []);
  assert.deepEqual(await labels("api", angry), []);
});

Deno.test("a rule asks for custom fields by their keys, whatever their types", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  await desk.send("PUT", "/api/ticket-settings", {
    fields: [
      { key: "modelo", label: "Modelo", type: "text" },
      { key: "horas", label: "Horas", type: "number" },
      { key: "zonas", label: "Zonas", type: "multi_select", options: ["norte", "sur"] },
      { key: "vip", label: "VIP", type: "boolean" },
    ],
  });
  const asked = {
    modelo: { operator: "contains", value: "h-200" },
    horas: { operator: "at_least", value: 10 },
    zonas: { operator: "has", value: "sur" },
    vip: { operator: "is", value: true },
    modelo_otro: { operator: "empty" },
  };
  for (const [key, one] of Object.entries(asked)) {
    await desk.rule({
      name: key,
      conditions: { field: `ticket.fields.${key}`, ...one },
      actions: [{ type: "add_labels", labels: [key] }],
    });
  }
  const labels = async (fields: Record<string, unknown>) => {
    const { id } = await desk.send("POST", "/api/tickets", { subject: "Fuga", fields });
    await desk.settle();
    return (await desk.send("GET", `/api/tickets/${id}`)).labels.toSorted();
  };
  const all = { modelo: "Mini H-200", horas: 12, zonas: ["sur"], vip: true };
  assert.deepEqual(await labels(all), ["horas", "modelo", "modelo_otro", "vip", "zonas"]);
  assert.deepEqual(await labels({ modelo: "X", horas: 2, zonas: ["norte"], vip: false }), ["modelo_otro"]);
  const bad = { name: "x", when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] };
  for (const field of ["ticket.fields.Modelo", "ticket.fields.", "message.fields.x"]) {
    const { token } = desk.person;
    const body = { ...bad, conditions: { field, operator: "is", value: "x" } };
    assert.equal((await h.request("POST", "/api/rules", { token, body })).status, 422, field);
  }
});

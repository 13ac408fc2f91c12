import assert from "node:assert/strict";
import { DAY, iso, MINUTE } from "../../../lib/kernel/clock.ts";
import { dryRun, ruleInput } from "../../../lib/rules/mod.ts";
import { openTicket, updateTicket } from "../../../lib/tickets/mod.ts";
import { cancelVisit, changeVisit, confirmVisit, createVisit } from "../../../lib/visits/mod.ts";
import { harness } from "../../support/harness.ts";
import { openDesk } from "./desk.ts";

const before = (conditions: Record<string, unknown> = { all: [] }) =>
  ruleInput.parse({
    name: "x",
    when: { before: "visit_starts", minutes: 60 },
    conditions,
    actions: [{
      type: "notify",
      to: [{ channel: "email", recipient: "jefe@aurora.example" }],
      subject: "{{visit.subject}} {{visit.state}} {{ticket.reference}}",
      message: "x",
    }],
  });

Deno.test("a dry run counts visits that were planned before it, once their time came within it, as they stood then", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const { ctx } = desk.person;
  const { id: operator_id } = await desk.send("POST", "/api/operators", {
    name: "Ana",
    email: "ana@aurora.example",
  });
  const start = h.clock.now();
  const { id: ticket_id } = await openTicket(ctx, { subject: "Fuga", priority: "low" });
  const plan = async (subject: string, days: number, more: Record<string, unknown> = {}) =>
    (await createVisit(ctx, {
      subject,
      operator_id,
      starts_at: iso(start + days * DAY),
      minutes: 30,
      anyway: true,
      ...more,
    })).id;
  await plan("de un ticket", 5, { ticket_id });
  const confirmed = await plan("confirmada", 6);
  const later = await plan("cancelada después", 7);
  const off = await plan("cancelada antes", 8);
  const moved = await plan("movida", 9);
  await plan("pasada", 1);
  await confirmVisit(ctx, { id: confirmed });
  await cancelVisit(ctx, { id: off, reason: "x" });
  h.clock.set(start + 2 * DAY);
  const from = h.clock.now();
  await changeVisit(ctx, { id: moved, starts_at: iso(start + 40 * DAY) });
  h.clock.set(start + 7 * DAY - 30 * MINUTE);
  await cancelVisit(ctx, { id: later, reason: "x" });
  await updateTicket(ctx, { ticketId: ticket_id, priority: "urgent" });
  h.clock.set(start + 20 * DAY);
  const told = async (rule: ReturnType<typeof before>, from: number) => {
    const { rules: [trial] } = await dryRun(ctx, { rule, rule_ids: [], from: iso(from) });
    return trial?.samples.map(({ at, actions }) => [at, actions[0]?.["subject"]]);
  };
  const all = [
    [iso(start + 5 * DAY - 60 * MINUTE), "de un ticket agendada T-1"],
    [iso(start + 6 * DAY - 60 * MINUTE), "confirmada confirmada"],
    [iso(start + 7 * DAY - 60 * MINUTE), "cancelada después agendada"],
  ];
  assert.deepEqual(await told(before(), from), all);
  assert.deepEqual(await told(before(), start + 6 * DAY - 60 * MINUTE + 1), all.slice(2));
  const low = { field: "ticket.priority", operator: "is", value: "low" };
  assert.deepEqual(await told(before(low), from), all.slice(0, 1), "as the ticket was then");
});

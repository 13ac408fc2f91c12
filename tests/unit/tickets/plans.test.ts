import assert from "node:assert/strict";
import { sweepNotifications } from "../../../lib/notifications/mod.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { harness } from "../../support/harness.ts";
import { deskOf } from "../../support/desk.ts";
import { plansOf } from "../../support/plans.ts";

/** What a workspace has in plenty: none of these is to be read as a whole for one ticket, one user or one rule. */
const PLENTY =
  /(SCAN|SEARCH) (m|tickets|ticket_\w+|sla_clocks|notification_deliveries|notifications|rule_runs|team_members|events)\b/;
const WALK = /^SCAN |\(workspace_id=\?\)$/;
/** A page in the order of an index, and a full-text row by its number. */
const FINE = /COVERING INDEX tickets_(created|updated) |ticket_fts|ticket_desks|ticket_presets/;

Deno.test("what is done with one ticket, for one user or by one rule reads none of what the workspace has in plenty", async () => {
  await using h = await harness();
  const person = await h.person();
  const desk = deskOf(h, person);
  const { client } = h.ports.database;
  await desk.call("PUT", "/api/ticket-settings", {
    fields: [{ key: "modelo", label: "Modelo", type: "text", required: false, options: [] }],
  });
  const ana = await desk.operator("Ana", { user_id: person.userId });
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Mesa", operator_ids: [ana.id] });
  const { body: rule } = await desk.call("POST", "/api/rules", {
    name: "Nota",
    when: { event: "ticket.opened" },
    actions: [{ type: "comment", text: "Visto" }],
  });
  assert.ok(team.id && rule.id, JSON.stringify([team, rule]));
  const planned = await plansOf(client, async () => {
    const ticket = await desk.open({ labels: ["a", "b"], fields: { modelo: "H-200" }, team_id: team.id });
    await desk.call("POST", `/api/tickets/${ticket.id}/watchers`, { user_id: person.userId });
    await desk.call("POST", `/api/tickets/${ticket.id}/comments`, { text: "Hola", visibility: "public" });
    for (const change of [{ labels: ["c"] }, { fields: { modelo: "H-300" } }, { state: "open" }]) {
      assert.equal((await desk.put(ticket.id, change)).status, 200);
    }
    const other = await desk.open();
    await desk.call("POST", `/api/tickets/${ticket.id}/links`, { kind: "ticket", id: other.id });
    await desk.settle();
    for (
      const path of [
        `/api/tickets/${ticket.id}`,
        `/api/tickets/${ticket.id}/comments`,
        `/api/tickets/${ticket.id}/links`,
        `/api/tickets/${ticket.id}/watchers`,
        `/api/tickets/${ticket.id}/assignment`,
        "/api/notifications",
        "/api/notifications?unread=true",
        "/api/notifications/unread-count",
        `/api/rules/runs?rule_id=${rule.id}`,
      ]
    ) {
      assert.equal((await desk.call("GET", path)).status, 200, path);
    }
    await desk.call("POST", `/api/tickets/${other.id}/merge`, { into: ticket.id });
    await desk.call("POST", "/api/notifications/read-all");
  });
  h.clock.advance(DAY);
  planned.push(...await plansOf(client, () => sweepNotifications(h.system)));
  assert.ok(planned.length > 40, `${planned.length}`);
  const walks = planned.flatMap(({ sql, plan }) =>
    plan.split("\n").filter((step) => WALK.test(step) && PLENTY.test(step) && !FINE.test(step))
      .map((step) => `${step} :: ${sql}`)
  );
  assert.deepEqual(walks, []);
});

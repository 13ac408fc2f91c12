import assert from "node:assert/strict";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { notificationDeliveries, notifications } from "../../db/schema/notifications.ts";
import { eq } from "drizzle-orm";
import { consumers } from "../../workers/consumers.ts";
import { handlers } from "../../workers/registry.ts";
import { type Harness, harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { work } from "../unit/conversations/talk.ts";

async function settle(h: Harness): Promise<void> {
  do await drainConsumers(h.system, consumers); while ((await work(h, handlers)).length > 0);
}

/** `who template` of the notices since the last call. */
function noticesOf(h: Harness, names: Readonly<Record<string, string>>) {
  let seen = 0;
  return async () => {
    await settle(h);
    const rows = await h.system.db.select({
      template: notifications.template,
      userId: notificationDeliveries.userId,
      text: notificationDeliveries.text,
    }).from(notificationDeliveries)
      .innerJoin(notifications, eq(notifications.id, notificationDeliveries.notificationId))
      .where(eq(notificationDeliveries.channel, "in_app")).orderBy(notificationDeliveries.id);
    const fresh = rows.slice(seen);
    seen = rows.length;
    return fresh.map(({ template, userId }) => `${names[userId ?? ""] ?? userId} ${template}`).sort();
  };
}

Deno.test("one deed is one notice a person: a macro, a bulk change and a rule that move, comment and assign", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const [ana, luis, watcher] = await Promise.all(
    [0, 1, 2].map(() => h.person({ workspaceId: owner.workspaceId, role: "operator" })),
  );
  assert.ok(ana && luis && watcher);
  const names = { [ana.userId]: "ana", [luis.userId]: "luis", [watcher.userId]: "watcher" };
  const one = await desk.operator("Ana", { user_id: ana.userId });
  const two = await desk.operator("Luis", { user_id: luis.userId });
  const told = noticesOf(h, names);
  const open = async () => {
    const { id } = await desk.open({ assignee_id: one.id });
    await desk.call("POST", `/api/tickets/${id}/watchers`, { user_id: watcher.userId });
    await told();
    return id as string;
  };
  const macro = async (actions: object[]) =>
    (await desk.call("POST", "/api/ticket-macros", { name: `M${Math.random()}`, actions })).body.id;
  const comment = { type: "comment", text: "Vamos", visibility: "private" };
  const move = { type: "set_state", state: "pending_internal" };
  const assign = { type: "assign", assignee_id: two.id };
  const cases: [object[], string[]][] = [
    [[move, comment], ["ana ticket.commented", "watcher ticket.commented"]],
    [[comment, move], ["ana ticket.commented", "watcher ticket.commented"]],
    [[comment, move, comment], ["ana ticket.commented", "watcher ticket.commented"]],
    [[move, comment, assign], ["luis ticket.assigned", "watcher ticket.commented"]],
    [[move, assign], ["luis ticket.assigned", "watcher ticket.state_changed"]],
    [[{ type: "add_labels", labels: ["x"] }, move], [
      "ana ticket.state_changed",
      "watcher ticket.state_changed",
    ]],
  ];
  for (const [actions, expected] of cases) {
    const [id, macroId] = [await open(), await macro(actions)];
    const done = await desk.call("POST", `/api/tickets/${id}/macro`, { macro_id: macroId });
    assert.ok(done.status < 300, JSON.stringify(done.body));
    assert.deepEqual(await told(), expected, JSON.stringify(actions));
    const { data } = (await desk.call("GET", `/api/tickets/${id}/comments`)).body;
    assert.equal(data.length, actions.filter((action) => "text" in action).length);
  }
  const [id] = [await open()];
  const bulk = await desk.call("POST", "/api/tickets/bulk", { ticket_ids: [id], actions: [move, comment] });
  assert.ok(bulk.status < 300, JSON.stringify(bulk.body));
  assert.deepEqual(await told(), ["ana ticket.commented", "watcher ticket.commented"], "bulk");
  const other = await open();
  await desk.call("POST", "/api/rules", {
    name: "Mover",
    when: { event: "ticket.changed" },
    actions: [move, comment, assign],
  });
  await desk.put(other, { priority: "high" });
  assert.deepEqual(await told(), ["luis ticket.assigned", "watcher ticket.commented"], "rule");
});

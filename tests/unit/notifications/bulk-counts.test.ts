import assert from "node:assert/strict";
import { cancelBulk, getBulk, listBulks, resendDelivery, sendBulk } from "../../../lib/notifications/mod.ts";
import { startFakeTwilio } from "../../support/fakes/twilio.ts";
import { plansOf } from "../../support/plans.ts";
import { type Desk, openDesk } from "./world.ts";

/** How many deliveries are in each state, counted one by one. */
async function recount({ h }: Desk, id: string): Promise<Record<string, number>> {
  const { rows } = await h.ports.database.client.execute({
    sql: "select state, count(*) as n from notification_deliveries where notification_id = ? group by state",
    args: [id],
  });
  return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]));
}

const phones = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ recipient: `+52551${1000000 + at}` }));

Deno.test("the figures of a notification to many equal a recount, whatever becomes of its deliveries", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: vendor.env });
  const { client } = desk.h.ports.database;
  const { id } = await sendBulk(desk.ctx, { channel: "sms", recipients: phones(700), message: "Cerramos" });
  const agrees = async (what: string) => {
    const { states, total } = await getBulk(desk.ctx, id);
    assert.deepEqual(states, await recount(desk, id), what);
    assert.equal(total, 700);
    return states;
  };
  assert.deepEqual(await agrees("before it is fanned out"), {});
  await desk.settle();
  assert.deepEqual(await agrees("sent"), { sent: 700 });
  const some = "select id from notification_deliveries order by id limit 30";
  await client.execute(`update notification_deliveries set state = 'failed' where id in (${some})`);
  await agrees("failed");
  const { rows: [first] } = await client.execute(some);
  await resendDelivery(desk.ctx, String(first?.["id"]));
  assert.deepEqual(await agrees("one is to be sent again"), { pending: 1, sent: 670, failed: 29 });
  assert.equal((await getBulk(desk.ctx, id)).state, "running");
  await desk.settle();
  assert.deepEqual(await agrees("and was"), { sent: 671, failed: 29 });
  await client.execute("delete from notification_deliveries where state = 'failed'");
  assert.deepEqual(await agrees("some went with their age"), { sent: 671 });
  const other = await sendBulk(desk.ctx, { channel: "sms", recipients: phones(600), message: "No" });
  await cancelBulk(desk.ctx, other.id);
  await desk.settle();
  const cancelled = await getBulk(desk.ctx, other.id);
  assert.deepEqual([cancelled.states, cancelled.state], [{}, "cancelled"]);
  await agrees("another one is nothing to it");
  await client.execute({ sql: "delete from notifications where id = ?", args: [id] });
  assert.deepEqual((await listBulks(desk.ctx, { limit: 10 })).data.map((one) => one.id), [other.id]);
});

Deno.test("a list of notifications to 100,000 looks at none of their deliveries", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: vendor.env });
  const { client } = desk.h.ports.database;
  for (let at = 0; at < 3; at++) {
    const { id } = await sendBulk(desk.ctx, {
      channel: "sms",
      recipients: phones(2),
      message: `Aviso ${at}`,
    });
    await client.execute({
      sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000)
        insert into notification_deliveries (id, workspace_id, notification_id, channel, recipient, locale, state,
          created_at, state_at)
        select ?1 || '_' || i, ?2, ?1, 'sms', '+5255' || i, 'es',
          case i % 4 when 0 then 'failed' when 1 then 'skipped' else 'delivered' end, 1, 1 from n`,
      args: [id, desk.workspaceId],
    });
    await client.execute({
      sql: `update notification_counts set failed = 10000, skipped = 10000, delivered = 20000
        where notification_id = ?`,
      args: [id],
    });
  }
  const plans = await plansOf(client, () => listBulks(desk.ctx, { limit: 50 }));
  assert.ok(plans.length > 0);
  for (const { plan } of plans) assert.doesNotMatch(plan, /deliveries|chunks|SCAN|TEMP B-TREE/, plan);
  for (const bulk of (await listBulks(desk.ctx, { limit: 50 })).data) {
    assert.deepEqual(bulk.states, await recount(desk, bulk.id));
    assert.deepEqual(bulk.states, { failed: 10_000, skipped: 10_000, delivered: 20_000 });
  }
});

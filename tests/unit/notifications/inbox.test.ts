import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import type { Tx } from "../../../lib/context.ts";
import { readAllNotifications, unreadCount } from "../../../lib/notifications/mod.ts";
import { openDesk } from "./world.ts";

Deno.test("readAllNotifications marks thousands in turns, each with its event, and none that comes meanwhile", async () => {
  await using desk = await openDesk();
  await desk.h.request("POST", "/api/advanced/notifications/send", {
    token: desk.token,
    body: { channel: "in_app", recipient: desk.userId, subject: "Aviso", message: "Hola" },
  });
  const add = async (tx: Tx, { from, to }: { from: number; to: number }) => {
    await tx.db.run(sql`with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})
      insert into notification_deliveries (id, workspace_id, notification_id, channel, recipient, user_id, locale,
        state, created_at, state_at)
      select printf('ndl_%05d', i), d.workspace_id, notification_id, channel, recipient, user_id, locale, state, 1, 1
      from (select * from notification_deliveries where user_id = ${desk.userId} limit 1) d cross join n`);
  };
  await desk.inside.transact((tx) => add(tx, { from: 1, to: 1200 }));
  let turns = 0;
  const ctx = desk.ctx.as({
    within: async (tx) => {
      turns++;
      if (turns === 1) await add(tx, { from: 99_999, to: 99_999 });
    },
  });
  assert.deepEqual(await readAllNotifications(ctx), { read: 1201 });
  assert.deepEqual(await unreadCount(desk.ctx), { unread: 1, more: false });
  const { rows } = await desk.h.ports.database.client.execute(
    "select data ->> 'count' as count from events where type = 'notification.read' order by seq",
  );
  assert.deepEqual(rows.map(({ count }) => count), [500, 500, 201]);
  assert.equal(turns, 3);
  assert.deepEqual(await readAllNotifications(desk.ctx), { read: 1 });
  assert.deepEqual(await readAllNotifications(desk.ctx), { read: 0 });
});

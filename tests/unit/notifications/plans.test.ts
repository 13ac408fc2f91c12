import assert from "node:assert/strict";
import { listDeliveries } from "../../../lib/notifications/mod.ts";
import { plansOf } from "../../support/plans.ts";
import { openDesk } from "./world.ts";

Deno.test("the history of a recipient is found by indexes, of a user in the app and of an address alike", async () => {
  await using desk = await openDesk();
  const { client } = desk.h.ports.database;
  const { data: none } = await listDeliveries(desk.inside, { limit: 10, recipient: "usr_nobody" });
  assert.deepEqual(none, []);
  for (const channel of ["in_app", "email"] as const) {
    for (let at = 0; at < 4; at++) {
      await desk.h.request("POST", "/api/advanced/notifications/send", {
        token: desk.token,
        body: { channel, recipient: desk.userId, subject: `${channel} ${at}`, message: "Hola" },
      });
    }
  }
  const of = async (query: { channel?: "in_app" | "email" }, recipient: string) => {
    const subjects: unknown[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await listDeliveries(desk.inside, {
        limit: 3,
        recipient,
        ...query,
        ...(typeof cursor === "string" ? { cursor } : {}),
      });
      subjects.push(...page.data.map(({ subject }) => subject));
      more = page.next_cursor !== null;
      cursor = page.next_cursor ?? undefined;
    }
    return subjects;
  };
  const inApp = [3, 2, 1, 0].map((at) => `in_app ${at}`);
  assert.deepEqual(await of({}, desk.userId), inApp);
  assert.deepEqual(await of({ channel: "in_app" }, desk.userId), inApp);
  assert.deepEqual(await of({ channel: "email" }, desk.userId), []);
  const [first] = (await desk.history()).filter(({ channel }) => channel === "email");
  assert.ok(first);
  assert.equal((await of({}, first.recipient)).length, 4);
  const plans = await plansOf(client, () => of({}, desk.userId));
  assert.ok(plans.length >= 2);
  for (const { plan } of plans) {
    assert.match(
      plan,
      /INDEX notification_deliveries_(recipient \(workspace_id=\? AND recipient=\?|inbox \(workspace_id=\? AND user_id=\?)/,
    );
    assert.doesNotMatch(plan, /TEMP B-TREE/, plan);
  }
});

Deno.test("the deliveries of one notification are paged by it, whatever else the workspace was told", async () => {
  await using desk = await openDesk();
  const { client } = desk.h.ports.database;
  await desk.h.request("POST", "/api/advanced/notifications/send", {
    token: desk.token,
    body: { channel: "in_app", recipient: desk.userId, subject: "Aviso", message: "Hola" },
  });
  const { rows: [sent] } = await client.execute("select id from notifications");
  const notificationId = String(sent?.["id"]);
  await client.execute({
    sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
      insert into notification_deliveries (id, workspace_id, notification_id, channel, recipient, locale, state,
        created_at, state_at)
      select printf('ndl_%04d', i * 7919 % 500), ?1, ?2, case i % 5 when 0 then 'sms' else 'email' end, 'a' || i, 'es',
        case i % 3 when 0 then 'failed' when 1 then 'sent' else 'delivered' end, 1, 1 from n`,
    args: [desk.workspaceId, notificationId],
  });
  const asked = {
    "": {},
    " and state = 'failed'": { states: ["failed"] },
    " and state in ('failed', 'sent') and channel = 'sms'": { states: ["failed", "sent"], channel: "sms" },
  } as const;
  for (const [where, query] of Object.entries(asked)) {
    const expected = await client.execute({
      sql: `select id from notification_deliveries where notification_id = ?${where} order by id desc`,
      args: [notificationId],
    });
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page: Awaited<ReturnType<typeof listDeliveries>> = await listDeliveries(desk.inside, {
        limit: 40,
        notificationId,
        ...query,
        ...(typeof cursor === "string" ? { cursor } : {}),
      });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen, expected.rows.map(({ id }) => id), where);
  }
  const plans = await plansOf(client, () => listDeliveries(desk.inside, { limit: 40, notificationId }));
  assert.equal(plans.length, 1);
  assert.match(plans[0]?.plan ?? "", /notification_deliveries_of \(notification_id=\? AND state=\?/);
  assert.doesNotMatch(plans[0]?.plan ?? "", /\(workspace_id=\?\)/);
});

Deno.test("what a user was told about one thing is found however much they were told since", async () => {
  await using desk = await openDesk();
  const { client } = desk.h.ports.database;
  const tell = async (subjectId: string | null, count: number) => {
    for (let at = 0; at < count; at++) {
      await desk.h.request("POST", "/api/advanced/notifications/send", {
        token: desk.token,
        body: { channel: "in_app", recipient: desk.userId, subject: `${subjectId} ${at}`, message: "Hola" },
      });
    }
    await client.execute({
      sql: `update notifications set subject_id = ? where id in (
        select notification_id from notification_deliveries where subject like ?)`,
      args: [subjectId, `${subjectId} %`],
    });
  };
  await tell("tkt_1", 2);
  await tell("tkt_2", 6);
  const asked = { limit: 3, subjectId: "tkt_1" } as const;
  for (
    const query of [asked, { ...asked, recipient: desk.userId }, { ...asked, channel: "in_app" }] as const
  ) {
    const { data, next_cursor } = await listDeliveries(desk.inside, query);
    assert.deepEqual([data.map(({ subject }) => subject), next_cursor], [["tkt_1 1", "tkt_1 0"], null]);
  }
  const plans = await plansOf(client, () => listDeliveries(desk.inside, asked));
  assert.match(plans[0]?.plan ?? "", /n USING (COVERING )?INDEX notifications_subject/);
  assert.doesNotMatch(plans[0]?.plan ?? "", /\(workspace_id=\?\)/);
});

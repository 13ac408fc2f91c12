import assert from "node:assert/strict";
import { DAY } from "../../../lib/kernel/clock.ts";
import { erasePerson, exportPerson, retainTickets } from "../../../lib/privacy/mod.ts";
import { workSince } from "../../support/cpu.ts";
import { harness } from "../../support/harness.ts";
import { deskOf } from "../../support/desk.ts";

const LOG = 250_000;
const HERS = 6000;
const SECRET = "Rosalinda";

Deno.test("over a log of 250,000 events no transaction of an erasure or of retention holds the writer, and nothing of hers stays", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const { database } = h.ports;
  const say = (externalId: string, text: string) =>
    desk.call("POST", "/api/conversations", { contact: { external_id: externalId, name: text }, text });
  await say("c-0", "Otra persona");
  const hers = await say("c-1", SECRET);
  const { body: { contact } } = await desk.call("GET", `/api/conversations/${hers.body.conversation_id}`);
  const ticket = await desk.open({ subject: SECRET, contact_id: contact.id });
  const fill = (count: number, subject: string, conversation: string | null) =>
    database.client.execute({
      sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
        insert into events (workspace_id, type, subject_id, conversation_id, actor_id, data, at)
        select ?2, 'ticket.changed', ?3 || case when ?3 like '%-' then i % 5000 else '' end, ?4, 'usr_1',
          json_object('said', ?5, 'more', printf('%0300d', i)), ?6 from n`,
      args: [count, owner.workspaceId, subject, conversation, SECRET, h.clock.now()],
    });
  await database.client.execute("update events set data = '{}'");
  await fill(LOG, "tkt_other-", null);
  await database.client.execute({
    sql: "update events set data = replace(data, ?, 'nadie')",
    args: [SECRET],
  });
  await fill(HERS, ticket.id, null);
  await fill(HERS, "msg_hers", hers.body.conversation_id);

  /** Milliseconds of work of each transaction. */
  const held: number[] = [];
  const { transact } = database;
  const timed: typeof transact = (work) =>
    transact(async (tx) => {
      const worked = workSince();
      try {
        return await work(tx);
      } finally {
        held.push(worked());
      }
    });
  const longestOf = async (work: () => Promise<unknown>) => {
    held.length = 0;
    Object.assign(database, { transact: timed });
    await work().finally(() => Object.assign(database, { transact }));
    return Math.max(...held);
  };
  const erasing = await longestOf(() => erasePerson(owner.ctx, { contactId: contact.id }));
  const turns = held.slice(0, -1);
  assert.ok(held.length > 2 * HERS / 500, `${held.length} turns`);
  const left = await database.client.execute({
    sql: "select count(*) as n from events where instr(data, ?) > 0",
    args: [SECRET],
  });
  assert.equal(left.rows[0]?.["n"], 0);
  const kept = await database.client.execute(
    "select count(*) as n from events where data <> '{\"erased\":true}'",
  );
  assert.ok(Number(kept.rows[0]?.["n"]) >= LOG, "what is others' stays");

  const closed = await Promise.all([1, 2, 3].map(() => desk.open()));
  for (const { id } of closed) {
    for (const state of ["resolved", "closed"]) await desk.put(id, { state });
  }
  h.clock.advance(31 * DAY);
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  const retaining = await longestOf(() => retainTickets(inside, { days: 30 }));
  // One that walks the log takes more in nearly every turn.
  const middle = turns.toSorted((one, other) => one - other)[turns.length >> 1] ?? Infinity;
  assert.ok(middle < 30, `${turns} ms`);
  assert.ok(Math.max(...turns, erasing, retaining) < 500, `${turns}, ${erasing} and ${retaining} ms`);
});

Deno.test("an export of thousands of tickets and messages takes time as they are many, not as their square", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const { client } = h.ports.database;
  const { body: { conversation_id } } = await desk.call("POST", "/api/conversations", {
    contact: { external_id: "c-1", name: SECRET },
    text: SECRET,
  });
  const { body: { contact } } = await desk.call("GET", `/api/conversations/${conversation_id}`);
  await desk.open({ subject: SECRET, contact_id: contact.id });
  const copied = async (table: string, count: number, own: Readonly<Record<string, string>>) => {
    const { rows } = await client.execute(`select name from pragma_table_info('${table}')`);
    const columns = rows.map(({ name }) => String(name)).filter((name) => name !== "seq");
    await client.execute(`insert into ${table} (${columns.map((one) => `"${one}"`).join()})
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      select ${
      columns.map((one) => own[one] ?? `"${one}"`).join()
    } from n, (select * from ${table} limit 1)`);
  };
  const shortest = async () => {
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const worked = workSince();
      await exportPerson(owner.ctx, { contactId: contact.id });
      times.push(worked());
    }
    return Math.min(...times);
  };
  const more = async (times: number) => {
    await copied("tickets", 700 * times, { id: `'tkt_${times}_' || i`, number: `${times} * 1000000 + i` });
    await client.execute(`insert into ticket_comments
      (id, workspace_id, ticket_id, visibility, author, author_id, text, mentions, created_at)
    select 'cmt_' || t.seq || '_${times}_' || n.value, workspace_id, t.id, 'private', 'operator', 'usr_1', 'x', '[]', created_at
    from tickets t, (select value from json_each('[1,2,3,4,5,6,7,8,9,10]')) n`);
    await copied("messages", 4000 * times, { id: `'msg_${times}_' || i`, external_id: `'x-${times}-' || i` });
    await client.execute(`insert or ignore into ratings (message_id, workspace_id, rater, helpful, created_at)
      select id, workspace_id, 'x', 1, created_at from messages`);
  };
  await more(1);
  const few = await shortest();
  await more(4);
  const many = await shortest();
  // Five times as many; twice of that is left to noise, and as their square they would take 25 times as long.
  assert.ok(many < 10 * few, `${few} and ${many} ms`);
});

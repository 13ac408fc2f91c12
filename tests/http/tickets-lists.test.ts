import assert from "node:assert/strict";
import { fillTickets } from "../../bench/tickets-seed.ts";
import { encodeCursor } from "../../lib/kernel/page.ts";
import { deskOf } from "../support/desk.ts";
import { type Harness, harness } from "../support/harness.ts";
import { plansOf } from "../support/plans.ts";

type Desk = ReturnType<typeof deskOf>;

/** What a list answers from a cursor on, to the end or until it has `most`, and in how many pages. */
async function follow(
  desk: Desk,
  query: string,
  { from = null as string | null, most = Infinity, limit = 100 } = {},
): Promise<{ numbers: number[]; pages: number }> {
  const numbers: number[] = [];
  let [cursor, pages] = [from, 0];
  do {
    const after = cursor === null ? "" : `&cursor=${cursor}`;
    const { status, body } = await desk.call("GET", `/api/tickets?${query}&limit=${limit}${after}`);
    assert.equal(status, 200, JSON.stringify(body));
    numbers.push(...body.data.map(({ number }: { number: number }) => number));
    cursor = body.next_cursor;
    pages++;
  } while (cursor !== null && numbers.length < most);
  return { numbers, pages };
}

async function byHand(h: Harness, { where, order }: { where: string; order: string }) {
  const { rows } = await h.ports.database.client.execute(
    `select number, seq, ${order} as at from tickets where ${where} order by ${order} desc, seq desc`,
  );
  return rows.map((row) => ({
    number: Number(row["number"]),
    seq: Number(row["seq"]),
    at: Number(row["at"]),
  }));
}

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

/** Of every size: a handful, some hundreds, thousands, half of all, the oldest ones and none. */
const FILTERS: readonly (readonly [string, string])[] = [
  ["state=live", "state not in ('resolved', 'closed')"],
  ["state=closed,open", "state in ('closed', 'open')"],
  ["priority=urgent,high", "priority in ('urgent', 'high')"],
  ["assignee_id=opr_7", "assignee_id = 'opr_7'"],
  ["assignee_id=none", "assignee_id is null"],
  ["assignee_id=opr_zero", "assignee_id = 'opr_zero'"],
  ["team_id=tea_old", "team_id = 'tea_old'"],
  ["team_id=tea_3", "team_id = 'tea_3'"],
  ["category_id=tca_5", "category_id = 'tca_5'"],
  ["client_id=cli_half", "client_id = 'cli_half'"],
  ["client_id=cli_77", "client_id = 'cli_77'"],
  ["label=l3", `labels like '%"l3"%'`],
  ["custom.modelo=m7&custom.garantia=true", `fields like '%"m7"%' and fields like '%"garantia":true%'`],
  ["custom.garantia=true", `fields like '%"garantia":true%'`],
  ["overdue=true", "due_at < 1e15"],
  ["mood=negative", "mood = 'negative'"],
  [
    "created_from=2024-05-01T00:00:00Z&created_to=2024-08-01T00:00:00Z",
    `created_at >= ${day("2024-05-01")} and created_at < ${day("2024-08-01")}`,
  ],
  ["updated_from=2025-11-01T00:00:00Z", `updated_at >= ${day("2025-11-01")}`],
  ["updated_to=2024-06-01T00:00:00Z", `updated_at < ${day("2024-06-01")}`],
];

Deno.test("any two filters find, in either order and from the middle on, what a count by hand finds", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, 8000);
  await client.execute("update tickets set updated_at = created_at + (seq * 7919 % 1000) * 5184000");
  await client.execute("update tickets set client_id = 'cli_half' where seq * 31 % 7 < 3");
  await client.execute("update tickets set team_id = 'tea_old' where seq < 1800");
  const pairs = FILTERS.flatMap((one, at) => FILTERS.slice(at).map((other) => [one, other] as const))
    .filter(([[one], [other]]) => one === other || one.split("=")[0] !== other.split("=")[0]);
  assert.ok(pairs.length > 150);
  for (const [at, [[one, where], [other, also]]] of pairs.entries()) {
    const order = at % 2 === 0 ? "updated" : "created";
    const query = one === other ? `${one}&sort=${order}` : `${one}&${other}&sort=${order}`;
    const all = await byHand(h, { where: `(${where}) and (${also})`, order: `${order}_at` });
    const numbers = all.map(({ number }) => number);
    const first = await follow(desk, query, { most: 100 });
    assert.deepEqual(first.numbers, numbers.slice(0, 100), query);
    const middle = all[Math.floor(all.length / 2)];
    if (middle === undefined) continue;
    const from = encodeCursor([order, middle.at, middle.seq]);
    const rest = await follow(desk, query, { from, most: 100 });
    assert.deepEqual(rest.numbers, numbers.slice(Math.floor(all.length / 2) + 1).slice(0, 100), query);
    const { body } = await desk.call("GET", `/api/tickets?${query}&limit=1&with_total=true`);
    assert.deepEqual(body.total, { count: all.length, more: false }, query);
  }
});

Deno.test("what lies far behind everything else is found over short pages, none of which looks at all there is", async () => {
  await using h = await harness();
  const person = await h.person();
  const desk = deskOf(h, person);
  const { client } = h.ports.database;
  await client.execute({
    sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 150000)
      insert into tickets (id, workspace_id, number, subject, description, state, priority, source, team_id,
        category_id, client_id, contact_id, assignee_id, labels, fields, version, reopens, created_by, created_at,
        updated_at)
      select 'tkt_' || i, ?, i, i, '', 'closed', 'normal', 'api', case when i <= 7000 then 'tea_old' else 'tea_new' end,
        'tca_' || (i % 2), case when i % 20 = 0 then 'cli_1' end, case when i % 21 = 0 then 'con_1' end,
        case when i > 3000 then 'opr_1' end, '[]', '{}', 1, 0, 'usr_1', i, i from n`,
    args: [person.workspaceId],
  });
  const wanted: readonly (readonly [string, string, number])[] = [
    ["team_id=tea_old&sort=updated", "team_id = 'tea_old'", 3],
    ["team_id=tea_old&category_id=tca_1&sort=created", "team_id = 'tea_old' and category_id = 'tca_1'", 1],
    ["client_id=cli_1&contact_id=con_1&sort=created", "client_id = 'cli_1' and contact_id = 'con_1'", 1],
    ["client_id=cli_1&contact_id=con_1&sort=updated", "client_id = 'cli_1' and contact_id = 'con_1'", 1],
    ["client_id=cli_1&assignee_id=none&sort=created", "client_id = 'cli_1' and assignee_id is null", 2],
    ["client_id=cli_1&assignee_id=none&sort=updated", "client_id = 'cli_1' and assignee_id is null", 3],
    ["contact_id=con_1&team_id=tea_old&sort=updated", "contact_id = 'con_1' and team_id = 'tea_old'", 1],
    ["category_id=tca_1&assignee_id=none&sort=updated", "category_id = 'tca_1' and assignee_id is null", 3],
  ];
  for (const [query, where, most] of wanted) {
    const all = (await byHand(h, { where, order: "created_at" })).map(({ number }) => number);
    const first = await follow(desk, query, { most: 100 });
    assert.deepEqual(first.numbers.slice(0, 100), all.slice(0, 100), query);
    assert.equal(first.pages, most, `${query}: a look takes in 60,000 entries at most`);
    assert.deepEqual((await follow(desk, query, { limit: 200 })).numbers, all, query);
  }
  const plans = await plansOf(client, () => follow(desk, "team_id=tea_old&sort=updated", { most: 1 }));
  const walks = plans.filter(({ sql }) => sql.includes("tickets_updated"));
  assert.ok(walks.length > 0);
  for (const { sql, plan } of walks) {
    assert.match(plan, /COVERING INDEX tickets_updated/, sql);
    assert.match(
      sql,
      /^with page/,
      "a look on its own has an end that a change moves beyond what was looked at",
    );
  }
  const { body } = await desk.call(
    "GET",
    "/api/tickets?team_id=tea_old&category_id=tca_1&with_total=true&limit=1",
  );
  assert.equal(body.total.more, true, "counted as far as a look goes");
  for (const [query, count] of [["", 4999], ["&client_id=cli_1", 249]] as const) {
    const early = `updated_to=1970-01-01T00:00:05.000Z${query}&with_total=true&limit=1`;
    assert.deepEqual(
      (await desk.call("GET", `/api/tickets?${early}`)).body.total,
      { count, more: false },
      early,
    );
  }
});

Deno.test("what two large kinds have in common, far back, is found on one page by walks of both as they lie, with nothing else between", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, 16_000);
  const half = `number < 150 or fields like '%"garantia":false%'`;
  await client.execute(`update tickets set mood = case when ${half} then 'negative' end`);
  await client.execute(`update ticket_field_values set value = 'mX'
    where key = 'modelo' and seq in (select seq from tickets where ${half})`);
  for (const order of ["created", "updated"]) {
    const where = `number < 150 and fields like '%"garantia":true%'`;
    const numbers = (await byHand(h, { where, order: `${order}_at` })).map(({ number }) => number);
    assert.ok(numbers.length > 50);
    for (const other of ["mood=negative", "custom.modelo=mX"]) {
      const query = `custom.garantia=true&${other}&sort=${order}`;
      const plans = await plansOf(client, async () => {
        assert.deepEqual(await follow(desk, query), { numbers, pages: 1 }, query);
      });
      const common = plans.filter(({ sql }) => sql.includes("intersect"));
      assert.equal(common.length, 1, query);
      assert.match(common[0]?.plan ?? "", /MERGE \(INTERSECT\)/);
      assert.doesNotMatch(common[0]?.plan ?? "", /TEMP B-TREE|SCAN (m|tickets)/);
    }
  }
});

import assert from "node:assert/strict";
import { fillTickets } from "../../bench/tickets-seed.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { plansOf } from "../support/plans.ts";

const MANY = 12_000;

/** The numbers of the tickets of all pages, or of the first ones with `most` tickets. */
async function pagesOf(
  desk: ReturnType<typeof deskOf>,
  query: string,
  { limit = 200, most = Infinity } = {},
): Promise<number[]> {
  const seen: number[] = [];
  for (let cursor: string | null = ""; cursor !== null && seen.length < most;) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { status, body } = await desk.call("GET", `/api/tickets?${query}&limit=${limit}${after}`);
    assert.equal(status, 200, JSON.stringify(body));
    seen.push(...body.data.map(({ number }: { number: number }) => number));
    cursor = body.next_cursor;
  }
  return seen;
}

Deno.test("beyond 10,000 a count says so, relevance gives way to the newest, and a filter that finds little still reaches the oldest", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await fillTickets(h.ports.database.client, MANY);
  const get = async (query: string) => {
    const { status, body } = await desk.call("GET", `/api/tickets?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  assert.deepEqual((await get("with_total=true&limit=1")).total, { count: 10_000, more: true });
  assert.deepEqual((await get("client_id=cli_7&with_total=true&limit=1")).total.more, false);
  const ranked = await get("q=equipo&sort=relevance&limit=3");
  assert.deepEqual(ranked.search, { count: 10_000, more: true, order: "newest" });
  assert.deepEqual(ranked.data.map(({ number }: { number: number }) => number), [MANY, MANY - 1, MANY - 2]);

  // The oldest one alone is the client's: it lies behind more hits than one look takes.
  await h.ports.database.client.execute("update tickets set client_id = 'cli_alone' where number = 1");
  const seen: number[] = [];
  let pages = 0;
  for (let cursor: string | null = ""; cursor !== null; pages++) {
    const page: { data: { number: number }[]; next_cursor: string | null } = await get(
      `q=equipo&client_id=cli_alone${cursor === "" ? "" : `&cursor=${cursor}`}`,
    );
    seen.push(...page.data.map(({ number }) => number));
    cursor = page.next_cursor;
  }
  assert.deepEqual([seen, pages], [[1], 2]);
});

Deno.test("every filter finds in pages exactly the tickets that a count by hand finds", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await fillTickets(h.ports.database.client, 3000);
  await h.ports.database.client.execute("update tickets set client_id = 'cli_77' where number % 50 = 0");
  await h.ports.database.client.execute("update tickets set assignee_id = 'opr_7' where number % 10 = 0");
  const wanted: Readonly<Record<string, string>> = {
    "state=live": "state not in ('resolved', 'closed')",
    "state=open,new&priority=urgent,low": "state in ('open', 'new') and priority in ('urgent', 'low')",
    "assignee_id=opr_7&state=closed": "assignee_id = 'opr_7' and state = 'closed'",
    "assignee_id=none": "assignee_id is null",
    "assignee_id=none&state=live": "assignee_id is null and state not in ('resolved', 'closed')",
    "team_id=tea_3&priority=normal": "team_id = 'tea_3' and priority = 'normal'",
    "category_id=tca_5": "category_id = 'tca_5'",
    "client_id=cli_77": "client_id = 'cli_77'",
    "label=l3": "labels like '%\"l3\"%'",
    "label=l3&state=closed&priority=normal":
      "labels like '%\"l3\"%' and state = 'closed' and priority = 'normal'",
    "label=l3&sort=updated": "labels like '%\"l3\"%'",
    "created_from=2024-06-01T00:00:00Z&created_to=2024-07-01T00:00:00Z": `created_at >= ${
      Date.UTC(2024, 5, 1)
    } and created_at < ${Date.UTC(2024, 6, 1)}`,
    "assignee_id=opr_7&state=live&sort=updated":
      "assignee_id = 'opr_7' and state not in ('resolved', 'closed')",
    "assignee_id=opr_7&state=open,new&priority=normal,high&sort=updated":
      "assignee_id = 'opr_7' and state in ('open', 'new') and priority in ('normal', 'high')",
    "assignee_id=opr_7&state=open,resolved&sort=updated":
      "assignee_id = 'opr_7' and state in ('open', 'resolved')",
    "assignee_id=opr_7&label=l3&sort=updated": `assignee_id = 'opr_7' and labels like '%"l3"%'`,
    "assignee_id=none&state=live&sort=updated": "assignee_id is null and state not in ('resolved', 'closed')",
    "assignee_id=none&state=new&team_id=tea_3&sort=updated":
      "assignee_id is null and state = 'new' and team_id = 'tea_3'",
    "category_id=tca_5&state=scheduled,open&sort=updated":
      "category_id = 'tca_5' and state in ('scheduled', 'open')",
    "mood=negative&state=live&sort=updated": "mood = 'negative' and state not in ('resolved', 'closed')",
    "updated_from=2025-06-01T00:00:00Z&sort=updated": `updated_at >= ${Date.UTC(2025, 5, 1)}`,
    "overdue=true": `due_at < ${h.clock.now()}`,
  };
  for (const [query, where] of Object.entries(wanted)) {
    const order = query.includes("sort=updated") ? "updated_at" : "created_at";
    const { rows } = await h.ports.database.client.execute(
      `select number from tickets where ${where} order by ${order} desc, seq desc`,
    );
    assert.ok(rows.length > 0, query);
    assert.deepEqual(await pagesOf(desk, query), rows.map((row) => Number(row["number"])), query);
    const { body: counted } = await desk.call("GET", `/api/tickets?${query}&limit=1&with_total=true`);
    assert.deepEqual(counted.total, { count: rows.length, more: false }, query);
  }
});

Deno.test("what an operator has to do, and what nobody has yet, is paged in the order of changes by one index that has no more", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, MANY);
  const whose = { opr_7: "assignee_id = 'opr_7'", none: "assignee_id is null" };
  for (const [assignee, where] of Object.entries(whose)) {
    const { rows } = await client.execute(
      `select number from tickets where ${where} and state not in ('resolved', 'closed')
        order by updated_at desc, seq desc`,
    );
    let seen: number[] = [];
    const plans = await plansOf(client, async () => {
      seen = await pagesOf(desk, `assignee_id=${assignee}&state=live&sort=updated`, { limit: 5 });
    });
    assert.ok(rows.length > 10, assignee);
    assert.deepEqual(seen, rows.map((row) => Number(row["number"])), assignee);
    const pages = plans.filter(({ plan }) => plan.includes("tickets_on_hand"));
    assert.equal(pages.length, 2, "the first page and those after a cursor");
    for (const { sql, plan } of pages) {
      assert.match(plan, /INDEX tickets_on_hand \(workspace_id=\? AND assignee_id=\?/);
      assert.doesNotMatch(plan, /TEMP B-TREE/, `${sql}\n${plan}`);
    }
  }
});

Deno.test("what many tickets have, none of them changed lately, is paged in the order of changes without reading those", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, MANY);
  // Each behind the last thousand changes, and more than are sorted for a page; others look older than they are.
  await client.execute(`update tickets set updated_at = updated_at - 400 * 86400000
    where fields like '%"garantia":true%' or number % 3 = 0`);
  const hits = (query: string) => pagesOf(desk, query, { most: 1000 });
  const wanted: Readonly<Record<string, string>> = {
    "custom.garantia=true&sort=updated": `fields like '%"garantia":true%'`,
    "custom.garantia=true&state=closed&sort=updated": `fields like '%"garantia":true%' and state = 'closed'`,
    "custom.garantia=true&custom.modelo=m7&sort=updated":
      `fields like '%"garantia":true%' and fields like '%"modelo":"m7"%'`,
    "custom.garantia=true&category_id=tca_5&sort=updated":
      `fields like '%"garantia":true%' and category_id = 'tca_5'`,
  };
  for (const [query, where] of Object.entries(wanted)) {
    const { rows } = await client.execute(
      `select number from tickets where ${where} order by updated_at desc, seq desc limit 1000`,
    );
    const seen = await hits(query);
    assert.deepEqual(seen.slice(0, rows.length), rows.map((row) => Number(row["number"])), query);
  }
  const plans = await plansOf(client, () => hits("custom.garantia=true&sort=updated"));
  const walks = plans.filter(({ sql }) => sql.includes("tickets_updated") && sql.includes("w.seq in"));
  assert.ok(walks.length > 0);
  for (const { plan } of walks) {
    assert.match(plan, /COVERING INDEX tickets_updated/);
    assert.match(plan, /COVERING INDEX ticket_field_values_pair/);
    assert.doesNotMatch(plan, /TEMP B-TREE|SCAN tickets/, plan);
  }
});

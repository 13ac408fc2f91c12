import assert from "node:assert/strict";
import { fillTickets } from "../../bench/tickets-seed.ts";
import { changedBetween } from "../support/between.ts";
import { type Desk, deskOf } from "../support/desk.ts";
import { type Harness, harness } from "../support/harness.ts";

const MANY = 12_000;
const READS_OF_TICKETS = /^(with|select)[^]*(ticket_fts|tickets)/;

/** What all pages of a list have, in their order, however short they are. */
async function pagesOf(desk: Desk, query: string): Promise<number[]> {
  const numbers: number[] = [];
  let cursor = "";
  do {
    const { status, body } = await desk.call("GET", `/api/tickets?${query}${cursor}`);
    assert.equal(status, 200, JSON.stringify(body));
    numbers.push(...body.data.map(({ number }: { number: number }) => number));
    cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
  } while (cursor !== "");
  return numbers;
}

/** A desk with many tickets, of which one client has a few on either side of where a look at a search ends. */
async function manyTickets(h: Harness) {
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, MANY);
  const few = "number between 1980 and 2020";
  await client.execute(`update tickets set client_id = 'cli_few' where ${few}`);
  const { rows } = await client.execute(`select number from tickets where ${few} order by seq desc`);
  return { desk, client, few: rows.map(({ number }) => Number(number)) };
}

Deno.test("a search over short pages skips and doubles nothing while others come in between any two of its reads", async () => {
  await using h = await harness();
  const { desk, client, few } = await manyTickets(h);
  let seen: number[] = [];
  const changes = await changedBetween(
    client,
    {
      of: READS_OF_TICKETS,
      change: () => desk.open({ subject: "El equipo falla" }),
    },
    async () => void (seen = await pagesOf(desk, "q=equipo&client_id=cli_few&limit=50")),
  );
  assert.ok(changes > 3, `${changes}`);
  assert.deepEqual(seen, few);
});

Deno.test("a search over short pages skips and doubles nothing while others are erased between any two of its reads", async () => {
  await using h = await harness();
  const { desk, client, few } = await manyTickets(h);
  let seen: number[] = [];
  const changes = await changedBetween(
    client,
    {
      of: READS_OF_TICKETS,
      change: async (turn) => {
        const [from, to] = [MANY - 10 * turn - 9, MANY - 10 * turn];
        await client.execute(`delete from ticket_fts where rowid between ${from} and ${to}`);
        await client.execute(`delete from tickets where seq between ${from} and ${to}`);
      },
    },
    async () => void (seen = await pagesOf(desk, "q=equipo&client_id=cli_few&limit=50")),
  );
  assert.ok(changes > 3, `${changes}`);
  assert.deepEqual(seen, few);
});

Deno.test("by relevance the pages go on where they ended, though better and worse ones come in between", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (let number = 1; number <= 12; number++) {
    await desk.open(number % 3 ? { description: "Una fuga" } : { subject: "Fuga de gas" });
  }
  const whole = await pagesOf(desk, "q=fuga&sort=relevance");
  assert.deepEqual(whole.slice(0, 4), [12, 9, 6, 3]);
  let seen: number[] = [];
  const changes = await changedBetween(
    h.ports.database.client,
    {
      of: READS_OF_TICKETS,
      change: (turn) => desk.open(turn % 2 ? { subject: "Fuga nueva" } : { description: "Hay fuga" }),
    },
    async () => void (seen = await pagesOf(desk, "q=fuga&sort=relevance&limit=2")),
  );
  assert.ok(changes > 6, `${changes}`);
  assert.equal(new Set(seen).size, seen.length, `doubled: ${seen}`);
  assert.deepEqual(seen.filter((number) => number <= 12), whole);
});

Deno.test("a search by relevance goes on by relevance when it passes 10,000 hits on the way", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { client } = h.ports.database;
  await fillTickets(client, 10_000);
  const first = await desk.call("GET", "/api/tickets?q=equipo&sort=relevance&limit=5");
  assert.equal(first.body.search.order, "relevance");
  await desk.open({ subject: "Otro equipo" });
  const next = await desk.call(
    "GET",
    `/api/tickets?q=equipo&sort=relevance&limit=5&cursor=${first.body.next_cursor}`,
  );
  const numbers = (answer: typeof first) => answer.body.data.map(({ number }: { number: number }) => number);
  assert.deepEqual([...numbers(first), ...numbers(next)], Array.from({ length: 10 }, (_, at) => 10_000 - at));
  assert.equal(next.body.search.order, "relevance");
});

Deno.test("a page whose last tickets are erased while it is read is no end of the list", async () => {
  await using h = await harness();
  const { desk, client, few } = await manyTickets(h);
  for (
    const query of [
      "q=equipo&client_id=cli_few",
      "client_id=cli_few&sort=updated",
      "client_id=cli_few&state=closed,open,resolved",
    ]
  ) {
    let seen: number[] = [];
    const gone = new Set<number>();
    const before = await pagesOf(desk, `${query}&limit=200`);
    await changedBetween(
      client,
      {
        of: /^with page/,
        change: async (turn) => {
          const number = before[turn * 7 + 6];
          if (number === undefined || turn > 1) return;
          gone.add(number);
          await client.execute(`delete from tickets where number = ${number}`);
        },
      },
      async () => void (seen = await pagesOf(desk, `${query}&limit=7`)),
    );
    assert.deepEqual(seen, before.filter((number) => !gone.has(number)), query);
  }
  assert.ok(few.length > 20);
});

Deno.test("a cursor of another order is refused with 422: it would skip most of the list", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (let number = 1; number <= 3; number++) await desk.open();
  const orders = ["sort=created", "sort=updated", "q=aire", "q=aire&sort=relevance"];
  for (const one of orders) {
    const { body } = await desk.call("GET", `/api/tickets?${one}&limit=1`);
    for (const other of orders) {
      const answer = await desk.call("GET", `/api/tickets?${other}&limit=1&cursor=${body.next_cursor}`);
      // A search by relevance that has too many hits goes on by the newest.
      const fits = one === other || (one === "q=aire" && other === "q=aire&sort=relevance");
      assert.equal(answer.status, fits ? 200 : 422, `${one} then ${other}`);
      if (!fits) assert.deepEqual(answer.body.errors.map(({ path }: { path: string }) => path), ["cursor"]);
    }
  }
});

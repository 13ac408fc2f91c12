import assert from "node:assert/strict";
import { ticketHandlers } from "../../workers/handlers/tickets.ts";
import { type Answer, type Harness, harness, type Person } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";
import { open, put } from "./tickets-world.ts";

const list = async (h: Harness, { token }: Person, query: string) => {
  const answer = await h.request("GET", `/api/v1/tickets?${query}`, { token });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
};

const numbers = ({ body }: Answer) => body.data.map(({ number }: { number: number }) => number);

Deno.test("tickets are listed in pages without gap or repeat, by every filter and order", async () => {
  await using h = await harness();
  const ana = await h.person();
  const priorities = ["low", "normal", "high", "urgent"];
  for (let i = 0; i < 12; i++) {
    const { body } = await open(h, ana, {
      subject: `Caso ${i}`,
      priority: priorities[i % 4],
      labels: i % 3 === 0 ? ["vip"] : [],
    });
    if (i % 2) await put(h, ana, body.id, { state: "open" });
    if (i === 5) await put(h, ana, body.id, { state: "resolved" });
    if (i % 5 === 0) h.clock.advance(1000);
  }
  for (const query of ["sort=created", "sort=updated", "state=live", "label=vip", "priority=low,urgent"]) {
    const whole = numbers(await list(h, ana, `${query}&limit=200`));
    const seen: number[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Answer = await list(h, ana, `${query}&limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...numbers(page));
      cursor = page.body.next_cursor;
    }
    assert.deepEqual(seen, whole, query);
    assert.equal(new Set(seen).size, seen.length, query);
  }
  assert.deepEqual(numbers(await list(h, ana, "label=VIP")), [10, 7, 4, 1]);
  assert.deepEqual(numbers(await list(h, ana, "label=vip&state=open")), [10, 4]);
  assert.deepEqual(numbers(await list(h, ana, "state=open,resolved&priority=normal,urgent")), [
    12,
    10,
    8,
    6,
    4,
    2,
  ]);
  assert.deepEqual(numbers(await list(h, ana, "assignee_id=none&state=live&priority=low")), [9, 5, 1]);
  assert.deepEqual(numbers(await list(h, ana, "assignee_id=opr_1")), []);
  const from = new Date(h.clock.now() - 1000).toISOString();
  assert.deepEqual(
    numbers(await list(h, ana, `created_from=${from}&created_to=${new Date(h.clock.now()).toISOString()}`)),
    [
      11,
      10,
      9,
      8,
      7,
    ],
  );
  assert.equal(numbers(await list(h, ana, "overdue=true")).length, 0);
  assert.deepEqual((await list(h, ana, "state=open&with_total=true")).body.total, { count: 5, more: false });
  for (const bad of ["state=odd", "priority=", "sort=relevance", "created_from=yesterday", "overdue=maybe"]) {
    const answer = await h.request("GET", `/api/tickets?${bad}`, { token: ana.token });
    assert.equal(answer.status, 422, bad);
  }
});

Deno.test("tickets are found by their words in either language's inflections, by comments, and by number", async () => {
  await using h = await harness();
  const [ana, other] = [await h.person(), await h.person()];
  await open(h, other, { subject: "Fugas de agua" });
  const { body: first } = await open(h, ana, {
    subject: "Fuga de agua en cocina",
    description: "Gotea mucho",
  });
  await open(h, ana, { subject: "Invoices are missing", description: "Hay fugas de agua también" });
  await open(h, ana, { subject: "Otra cosa" });
  await work(h, ticketHandlers);
  const found = async (q: string) => await list(h, ana, `q=${encodeURIComponent(q)}`);
  assert.deepEqual(numbers(await found("fugas")), [2, 1]);
  assert.deepEqual(numbers(await found("FUGA cocinas")), [1]);
  assert.deepEqual(numbers(await found("invoice")), [2]);
  assert.deepEqual((await found("fugas")).body.search, { count: 2, more: false, order: "newest" });
  const ranked = await list(h, ana, "q=fuga+agua&sort=relevance");
  assert.deepEqual([numbers(ranked), ranked.body.search.order], [[1, 2], "relevance"]);
  const second = await list(h, ana, `q=fuga+agua&sort=relevance&limit=1`);
  assert.deepEqual(
    numbers(await list(h, ana, `q=fuga+agua&sort=relevance&limit=1&cursor=${second.body.next_cursor}`)),
    [2],
  );
  for (const text of ["T-3", "#3", "3", "t-3"]) assert.deepEqual(numbers(await found(text)), [3], text);
  assert.deepEqual(numbers(await found("de la")), []);
  assert.deepEqual(numbers(await found('"*) OR workspace:x')), []);
  assert.deepEqual(numbers(await list(h, ana, "q=fuga&priority=urgent")), []);
  await h.request("POST", `/api/tickets/${first.id}/comments`, {
    token: ana.token,
    body: { text: "Pedí un grifo nuevo" },
  });
  assert.deepEqual(numbers(await found("grifos")), []);
  await put(h, ana, first.id, { subject: "Tubería" });
  await work(h, ticketHandlers);
  assert.deepEqual(numbers(await found("grifos")), [1]);
  assert.deepEqual(numbers(await found("cocina")), []);
});

import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { harness } from "../support/harness.ts";
import { receiveFromApi } from "../../lib/conversations/mod.ts";
import { openTicket } from "../../lib/tickets/mod.ts";
import { DAY, HOUR, iso } from "../../lib/kernel/clock.ts";
import { talk } from "./reports-world.ts";

Deno.test("a report comes as JSON and as CSV whose formulas are only text", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["=cmd|'/c calc'!A1", 'Luis "el" Pérez, hijo']);
  const stranger = await h.person();
  await talk(h, stranger, ["Otra"]);

  const json = await h.request("GET", "/api/v1/reports/conversations", { token: ana.token });
  assert.equal(json.status, 200);
  assert.deepEqual(json.body.data.map(({ contact }: Record<string, string>) => contact), [
    "=cmd|'/c calc'!A1",
    'Luis "el" Pérez, hijo',
  ]);
  assert.equal(json.body.data[0].messages_in, 1);
  assert.match(json.body.data[0].created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

  const csv = await h.request(
    "GET",
    "/api/reports/conversations?format=csv&columns=contact,state&language=es",
    {
      token: ana.token,
    },
  );
  assert.match(
    csv.headers.get("content-disposition") ?? "",
    /attachment; filename="Conversaciones \d{4}-.*\.csv"/,
  );
  assert.deepEqual(parse(csv.body, { bom: true }), [
    ["Contacto", "Estado"],
    ["'=cmd|'/c calc'!A1", "bot"],
    ['Luis "el" Pérez, hijo', "bot"],
  ]);
});

Deno.test("what operators did is a report of its own name, and tickets can be counted by their category", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { body: category } = await h.request("POST", "/api/ticket-categories", {
    token,
    body: { name: "Gas" },
  });
  for (const category_id of [category.id, category.id, null]) {
    await h.request("POST", "/api/tickets", { token, body: { subject: "x", category_id } });
  }
  const named = await h.request("GET", "/api/reports/operators?format=csv&language=es", { token });
  assert.match(named.headers.get("content-disposition") ?? "", /filename="Operadores \d{4}-.*\.csv"/);
  const body = { dataset: "tickets", group_by: [{ column: "category" }], measures: [{ fn: "count" }] };
  const counted = await h.request("POST", "/api/reports/custom", { token, body });
  assert.deepEqual(counted.body.data, [{ category: "Gas", count: 2 }, { category: null, count: 1 }]);
});

Deno.test("a custom report counts by day of the business's zone", async () => {
  await using h = await harness();
  const ana = await h.person();
  const zone = await h.request("PUT", "/api/business/config", {
    token: ana.token,
    body: { timezone: "America/Monterrey" },
  });
  assert.equal(zone.status, 200, JSON.stringify(zone.body));
  // Midnight of Monterrey, which has no summer time.
  const midnight = Math.ceil(h.clock.now() / DAY) * DAY + 6 * HOUR;
  const dayOf = (at: number) => iso(at).slice(0, 10);
  const [before, after] = [dayOf(midnight - DAY), dayOf(midnight)];
  h.clock.set(midnight - 1000);
  await talk(h, ana, ["a"]);
  h.clock.set(midnight);
  await receiveFromApi(ana.ctx, { contact: { external_id: "b" }, text: "Hola" });
  await receiveFromApi(ana.ctx, { contact: { external_id: "c" }, text: "Hola" });
  const ask = async (more: Record<string, unknown>) =>
    await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "conversations",
        group_by: [{ column: "created_at", bucket: "day" }],
        measures: [{ fn: "count" }, { fn: "sum", column: "messages_in" }],
        ...more,
      },
    });
  const all = await ask({});
  assert.deepEqual(all.body.data, [
    { created_at_day: before, count: 1, sum_messages_in: 1 },
    { created_at_day: after, count: 2, sum_messages_in: 2 },
  ]);
  const second = await ask({ from: after, to: after });
  assert.deepEqual(second.body.data.map(({ count }: Record<string, number>) => count), [2]);
  const filtered = await ask({ filters: [{ column: "contact", op: "contains", value: "nobody" }] });
  assert.deepEqual(filtered.body.data, []);
});

Deno.test("a report that does not fit the catalogue is refused with every path", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { status, body } = await h.request("POST", "/api/reports/custom", {
    token,
    body: {
      dataset: "conversations",
      columns: ["state", "password_hash"],
      filters: [
        { column: "1=1; drop table users", value: "x" },
        { column: "messages_in", op: "gt", value: "many" },
        { column: "state", op: "empty", value: "x" },
        { column: "state", op: "in", value: "bot" },
      ],
      group_by: [{ column: "state", bucket: "day" }],
      measures: [{ fn: "sum" }, { fn: "avg", column: "state" }],
    },
  });
  assert.equal(status, 422);
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path), [
    "columns.1",
    "filters.0.column",
    "filters.1.value",
    "filters.2.value",
    "filters.3.value",
    "group_by.0.bucket",
    "measures.0.column",
    "measures.1.column",
    "columns",
  ]);
  const day = await h.request("GET", "/api/reports/conversations?from=2026-02-31", { token });
  assert.deepEqual([day.status, day.body.errors[0].path], [422, "from"]);
  const order = await h.request("GET", "/api/reports/conversations?from=2026-03-02&to=2026-03-01", { token });
  assert.deepEqual([order.status, order.body.errors[0].path], [422, "to"]);
  const none = await h.request("POST", "/api/reports/custom", { token, body: { dataset: "__proto__" } });
  assert.deepEqual([none.status, none.body.errors[0].path], [422, "dataset"]);
});

Deno.test("a filter by time takes a time, a day of the business's zone, or milliseconds", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "30d" } });
  h.clock.set(Date.UTC(2026, 2, 2, 5, 30)); // Sunday night there
  const ana = await h.person();
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token: ana.token, body: zone });
  await talk(h, ana, ["domingo", "lunes", "martes"]);
  const found = async (...filters: object[]) => {
    const { status, body } = await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "conversations",
        columns: ["contact"],
        filters: filters.map((one) => ({ column: "created_at", ...one })),
      },
    });
    return status === 200 ? body.data.map(({ contact }: { contact: string }) => contact) : body.errors;
  };
  assert.deepEqual(await found({ op: "gte", value: "2026-03-02" }), ["lunes", "martes"]);
  assert.deepEqual(await found({ op: "lte", value: "2026-03-02" }), ["domingo", "lunes"]);
  assert.deepEqual(await found({ op: "gt", value: "2026-03-02" }), ["martes"]);
  assert.deepEqual(await found({ op: "lt", value: "2026-03-02" }), ["domingo"]);
  assert.deepEqual(await found({ op: "lt", value: "2026-03-02T23:30:00-06:00" }), ["domingo"]);
  assert.deepEqual(await found({ op: "eq", value: Date.UTC(2026, 2, 3, 5, 30) }), ["lunes"]);
  assert.deepEqual(await found({ op: "eq", value: "2026-03-02" }), ["lunes"]);
  assert.deepEqual(await found({ op: "ne", value: "2026-03-02" }), ["domingo", "martes"]);
  assert.deepEqual(await found({ op: "in", value: ["2026-03-01", "2026-03-03"] }), ["domingo", "martes"]);
  assert.deepEqual(await found({ op: "in", value: ["2026-03-01", Date.UTC(2026, 2, 3, 5, 30)] }), [
    "domingo",
    "lunes",
  ]);
  assert.deepEqual(await found({ op: "gte", value: "2026-03-02" }, { op: "lte", value: "2026-03-02" }), [
    "lunes",
  ]);
  const [within] = await found({ op: "contains", value: "2026-03-02" });
  assert.equal(within.path, "filters.0.op");
  const [error] = await found({ op: "lt", value: "2026-02-31" });
  assert.equal(error.path, "filters.0.value");
});

Deno.test("a filter finds a text in whichever case its letters are, accents too", async () => {
  await using h = await harness();
  const ana = await h.person();
  for (const subject of ["FALLA EN EL ÁREA NORTE", "Falla en el área sur", "Área este", "Oeste"]) {
    await openTicket(ana.ctx, { subject });
  }
  for (const value of ["área", "ÁREA", "Área"]) {
    const { body } = await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "tickets",
        columns: ["subject"],
        filters: [{ column: "subject", op: "contains", value }],
      },
    });
    assert.equal(body.data.length, 3, value);
  }
});

Deno.test("the feed for BI tools refuses what is no cursor of its own by the name that it calls it", async () => {
  await using h = await harness();
  const { token } = await h.person();
  for (const since of ["abc", btoa("[1]"), btoa('["x","y"]')]) {
    const path = `/api/reports/analytics?dataset=tickets&since=${since}`;
    const { status, body } = await h.request("GET", path, { token });
    assert.deepEqual([status, body.errors[0].path], [422, "since"], since);
  }
});

Deno.test("the feed for BI tools gives each change once and goes on from its cursor", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["a", "b", "c"]);
  const read = async (cursor?: string) => {
    const { status, body } = await h.request(
      "GET",
      `/api/reports/analytics?dataset=conversations&columns=contact&page_size=2${
        cursor ? `&since=${cursor}` : ""
      }`,
      { token: ana.token },
    );
    assert.equal(status, 200, JSON.stringify(body));
    return { names: body.data.map(({ contact }: { contact: string }) => contact), ...body };
  };
  const first = await read();
  assert.deepEqual([first.names, first.has_more], [["a", "b"], true]);
  const second = await read(first.next_cursor);
  assert.deepEqual([second.names, second.has_more], [["c"], false]);
  assert.deepEqual((await read(second.next_cursor)).names, []);
  await receiveFromApi(ana.ctx, { contact: { external_id: "a" }, text: "Otra vez" });
  assert.deepEqual((await read(second.next_cursor)).names, [], "what just changed has not settled");
  h.clock.advance(10_000);
  assert.deepEqual((await read(second.next_cursor)).names, ["a"]);
});

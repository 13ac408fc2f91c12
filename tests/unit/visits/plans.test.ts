import assert from "node:assert/strict";
import { at, openVisits } from "../../http/visits-world.ts";
import { plansOf } from "../../support/plans.ts";
import { watchStatements } from "../../support/statements.ts";

Deno.test("the visits of one operator, and those of nobody, are listed without a look at the others", async () => {
  await using w = await openVisits();
  const { call, ana, h } = w;
  const made = async (body: Record<string, unknown>) => {
    const answer = await call("POST", "/api/visits", { subject: "Horno", ...body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id;
  };
  const hers = [
    await made({ starts_at: at(12), operator_id: ana }),
    await made({ starts_at: at(15), operator_id: ana }),
  ];
  const nobodys = await made({});
  const found: unknown[] = [];
  const { next_cursor } = (await call("GET", `/api/visits?operator_id=${ana}&limit=1`)).body;
  const planned = await plansOf(h.ports.database.client, async () => {
    for (
      const query of [`${ana}`, `${ana}&limit=1&cursor=${next_cursor}`, `${ana}&state=scheduled`, "none"]
    ) {
      found.push((await call("GET", `/api/visits?operator_id=${query}`)).body.data.map(Object));
    }
  });
  const ids = found.map((page) => Array.isArray(page) && page.map(({ id }) => id));
  assert.deepEqual(ids, [hers.toReversed(), [hers[0]], hers.toReversed(), [nobodys]]);
  const timely: string[] = [];
  const byTime = await plansOf(h.ports.database.client, async () => {
    for (let cursor: string | null = ""; cursor !== null;) {
      const path = `/api/visits?sort=starts_at&limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const { body } = await call("GET", path);
      timely.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
  });
  assert.deepEqual(timely, hers, "the earliest first, and none that has no time");
  for (const { plan, sql } of byTime.filter(({ sql }) => /from "visits" .*order by/.test(sql))) {
    assert.doesNotMatch(plan, /TEMP B-TREE/, sql);
  }
  const lists = planned.filter(({ sql }) => /from "visits" .*order by "visits"."id" desc/.test(sql));
  assert.equal(lists.length, 4);
  for (const { plan } of lists) {
    assert.match(plan, /^SEARCH visits USING INDEX visits_of_operator \(workspace_id=\? AND operator_id=\?/);
    assert.doesNotMatch(plan, /TEMP B-TREE/);
  }
});

Deno.test("the sites of all visits that stand are asked for at once, for free times and for a calendar", async () => {
  await using w = await openVisits();
  const { call, ana, client, h } = w;
  for (const [n, hour] of [9, 11, 13, 15].entries()) {
    const { body: site } = await call("POST", `/api/clients/${client}/sites`, {
      name: `S${n}`,
      address: "Calle",
    });
    const visit = {
      subject: "Horno",
      operator_id: ana,
      starts_at: at(hour, 0, 1),
      minutes: 30,
      site_id: site.id,
    };
    assert.equal((await call("POST", "/api/visits", visit)).status, 201);
  }
  const { body: { url } } = await call("POST", `/api/operators/${ana}/calendar`);
  let asked = 0;
  watchStatements(h.ports.database.client, { before: (sql) => asked += Number(/from "sites"/.test(sql)) });
  const { body } = await call(
    "GET",
    `/api/visits/slots?operator_id=${ana}&from=${at(0, 0, 1)}&to=${at(23, 0, 1)}`,
  );
  assert.ok(body.data.length > 0);
  assert.equal(asked, 1);
  const calendar = await call("GET", new URL(url).pathname);
  assert.equal(String(calendar.body).match(/LOCATION:S\d/g)?.length, 4);
  assert.equal(asked, 2);
});

Deno.test("the visits of a site are listed by themselves", async () => {
  await using w = await openVisits();
  const make = async (more: object) =>
    (await w.call("POST", "/api/visits", { subject: "Horno", operator_id: w.ana, ...more })).body.id;
  await make({ starts_at: at(15, 0, 1) });
  const there = await make({ starts_at: at(12), site_id: w.site });
  const planned = await plansOf(w.h.ports.database.client, async () => {
    const { body } = await w.call("GET", `/api/visits?site_id=${w.site}`);
    assert.deepEqual(body.data.map(({ id }: { id: string }) => id), [there]);
  });
  const [list] = planned.filter(({ sql }) => /from "visits" .*order by "visits"."id" desc/.test(sql));
  assert.match(list?.plan ?? "", /^SEARCH visits USING INDEX visits_site \(workspace_id=\? AND site_id=\?/);
});

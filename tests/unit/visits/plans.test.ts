import assert from "node:assert/strict";
import { at, openVisits } from "../../http/visits-world.ts";
import { plansOf } from "../../support/plans.ts";

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

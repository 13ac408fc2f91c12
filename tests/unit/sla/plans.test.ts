import assert from "node:assert/strict";
import {
  selectClocks,
  selectClocksOf,
  selectLastClock,
  selectOpenAfter,
  selectOpenClocks,
} from "../../../lib/sla/store-clocks.ts";
import { harness } from "../../support/harness.ts";
import { plansOf } from "../../support/plans.ts";

Deno.test("whatever is asked of promises is found by an index that leads to the tickets, the state or the place", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const list = { state: "running", after: { dueAt: 5, id: "slc_1" }, limit: 10 } as const;
  const timeless = { ...list, after: { dueAt: null, id: "slc_1" } };
  const asked = {
    "sla_clocks_open": [
      () => selectOpenClocks(ctx, "tkt_1"),
      () => selectOpenAfter(ctx, { after: ["tkt_1", "resolution"], limit: 10 }),
    ],
    "sla_clocks_over": [
      () => selectLastClock(ctx, { ticketId: "tkt_1", kind: "resolution" }),
      () => selectClocksOf(ctx, ["tkt_1", "tkt_2"]),
      () => selectClocks(ctx, { ...list, ticketId: "tkt_1" }),
    ],
    "sla_clocks_due": [
      () => selectClocks(ctx, list),
      () => selectClocks(ctx, timeless),
      () => selectClocks(ctx, { ...list, after: null }),
    ],
  };
  for (const [index, works] of Object.entries(asked)) {
    for (const work of works) {
      for (const { plan } of await plansOf(h.ports.database.client, work)) {
        assert.match(plan, new RegExp(`SEARCH sla_clocks USING INDEX ${index} \\(workspace_id=\\?`), plan);
        assert.doesNotMatch(plan, /SCAN sla_clocks/, plan);
        if (index === "sla_clocks_over") {
          assert.match(plan, /INDEX sla_clocks_open \(workspace_id=\? AND ticket_id=\?/);
        }
      }
    }
  }
  const pages = [asked.sla_clocks_open[1], ...asked.sla_clocks_due];
  for (const page of pages) {
    assert.ok(page);
    assert.doesNotMatch(
      (await plansOf(h.ports.database.client, page)).map(({ plan }) => plan).join(),
      /TEMP B-TREE/,
    );
  }
});

import assert from "node:assert/strict";
import { createGroups, MOST_GROUPS } from "../../../lib/reports/group.ts";
import { WALL_BUCKETS, wallClock } from "../../../lib/business-time/wall.ts";
import { DAY, MINUTE } from "../../../lib/kernel/clock.ts";

const ONE = [{ column: "k", at: 0 }];

Deno.test("wallClock agrees with Temporal in zones of every kind of offset, through changes of the clock", () => {
  for (const zone of ["America/Monterrey", "Europe/Madrid", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]) {
    const wall = wallClock(zone);
    for (
      let at = Date.parse("2026-03-20T00:00:00Z");
      at < Date.parse("2026-11-10T00:00:00Z");
      at += 373 * MINUTE
    ) {
      const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
      assert.equal(wall(at), at + there.offsetNanoseconds / 1e6, `${zone} ${at}`);
    }
  }
});

Deno.test("The week of a bucket agrees with Temporal over twelve years", () => {
  for (let day = Date.parse("2019-12-20"); day < Date.parse("2032-01-15"); day += DAY) {
    const date = Temporal.PlainDate.from(new Date(day).toISOString().slice(0, 10));
    assert.equal(
      WALL_BUCKETS.week(day + 5),
      `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, "0")}`,
    );
  }
});

Deno.test("groups count, sum, average and find ends, and leave missing values out", () => {
  const measures = [
    { fn: "count", at: null },
    { fn: "count", column: "v", at: 1 },
    { fn: "sum", column: "v", at: 1 },
    { fn: "avg", column: "v", at: 1 },
    { fn: "min", column: "v", at: 1 },
    { fn: "max", column: "v", at: 1 },
  ] as const;
  const groups = createGroups({ groupings: ONE, measures, wall: (at) => at });
  for (const row of [["b", 2], ["a", 5], ["b", null], ["b", -4], [null, null]]) groups.add(row);
  assert.deepEqual(groups.rows(), [
    ["a", 1, 1, 5, 5, 5, 5],
    ["b", 3, 2, -2, -1, -4, 2],
    [null, 1, 0, 0, null, null, null],
  ]);
});

Deno.test("more groups than a report may have are refused", () => {
  const groups = createGroups({ groupings: ONE, measures: [{ fn: "count", at: null }], wall: (at) => at });
  for (let at = 0; at < MOST_GROUPS; at++) groups.add([at]);
  assert.throws(() => groups.add(["one more"]), /group_by/);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { LOAD_CURVES, SCALE_RULE, scaleLane, simulate, startScale } from "../../../lib/scaling/mod.ts";

const bounds = { least: 4, most: 64 };
const cores = 2;
const curve = (name: string) => {
  const found = LOAD_CURVES.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};

Deno.test("whatever is seen, the concurrency stays within its bounds, and the same look gives the same answer", () => {
  const sample = fc.record({
    waitMs: fc.integer({ min: 0, max: 100_000 }),
    running: fc.integer({ min: 0, max: 100 }),
    cpu: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(sample, { maxLength: 80 }), (samples) => {
    let [one, other] = [startScale(bounds), startScale(bounds)];
    for (const seen of samples) {
      one = scaleLane(one, seen, bounds);
      other = scaleLane(other, seen, bounds);
      assert.deepEqual(one, other);
      assert.ok(one.concurrency >= bounds.least && one.concurrency <= bounds.most);
      assert.ok(Number.isInteger(one.concurrency));
    }
  }));
});

Deno.test("a lane grows while somebody waits and all places are taken, not on a full machine, and not twice in one look", () => {
  const scale = { concurrency: 8, calm: 5, settled: 9 };
  const wait = { waitMs: 300, running: 8, cpu: 0.2 };
  assert.equal(scaleLane(scale, wait, bounds).concurrency, 12);
  assert.equal(scaleLane(scale, { ...wait, waitMs: 2000 }, bounds).concurrency, 16);
  assert.equal(scaleLane(scale, { ...wait, running: 7 }, bounds).concurrency, 8, "a place is free");
  assert.equal(scaleLane(scale, { ...wait, cpu: 0.95 }, bounds).concurrency, 8, "the machine is full");
  const grown = scaleLane(scale, wait, bounds);
  assert.equal(
    scaleLane(grown, { ...wait, running: 12 }, bounds).concurrency,
    12,
    "what was added must show first",
  );
});

Deno.test("a lane shrinks after a long calm by a quarter, never below what runs or its least", () => {
  let scale = { concurrency: 40, calm: 0, settled: 9 };
  const calm = { waitMs: 0, running: 2, cpu: 0 };
  for (let look = 1; look < SCALE_RULE.calmLooks; look++) scale = scaleLane(scale, calm, bounds);
  assert.equal(scale.concurrency, 40);
  scale = scaleLane(scale, calm, bounds);
  assert.equal(scale.concurrency, 30);
  scale = scaleLane(scale, { waitMs: 0, running: 29, cpu: 0 }, bounds);
  assert.equal(scale.calm, 0, "one busy look ends the calm");
  for (let look = 0; look < 20 * SCALE_RULE.calmLooks; look++) scale = scaleLane(scale, calm, bounds);
  assert.equal(scale.concurrency, bounds.least);
});

Deno.test("on the written loads scaled lanes keep nearly everybody from waiting, for much less than all places would cost", () => {
  for (
    const [name, p95Ms, share] of [
      ["a morning of customers", 250, 0.5],
      ["bursts each minute", 2000, 0.9],
      ["a lull of four minutes", 500, 0.4],
    ] as const
  ) {
    const scaled = simulate(curve(name), { bounds, cores });
    const all = simulate(curve(name), { bounds, cores, fixed: bounds.most });
    assert.equal(scaled.jobs, all.jobs);
    assert.ok(scaled.p95Ms <= p95Ms, `${name}: p95 ${scaled.p95Ms} ms`);
    assert.ok(
      scaled.placeSeconds < share * all.placeSeconds,
      `${name}: ${scaled.placeSeconds} of ${all.placeSeconds}`,
    );
  }
});

Deno.test("a campaign takes little longer than with all places there from the start; a full machine is not filled more", () => {
  const campaign = simulate(curve("answers to a campaign"), { bounds, cores });
  const all = simulate(curve("answers to a campaign"), { bounds, cores, fixed: bounds.most });
  assert.ok(campaign.mostMs < all.mostMs + 10_000, `${campaign.mostMs} and ${all.mostMs} ms`);
  assert.equal(campaign.mostAtOnce, bounds.most);
  const numbers = simulate(curve("more numbers than cores"), { bounds: { least: 2, most: 64 }, cores });
  assert.ok(numbers.mostAtOnce <= 4, `${numbers.mostAtOnce} at once on ${cores} cores`);
});

Deno.test("after a load has ended a lane is back at its least within minutes", () => {
  const { trace } = simulate({
    name: "then nothing",
    arrivals: [...Array(60).fill(30), ...Array(300).fill(0)],
    serviceMs: 500,
    cpuMs: 1,
  }, {
    bounds,
    cores,
  });
  assert.ok(Math.max(...trace) > 12);
  assert.equal(trace.at(-1), bounds.least);
});

import assert from "node:assert/strict";
import { seedSample } from "../../../lib/knowledge/mod.ts";
import { measure, type Quality } from "./quality.ts";
import { HELD_OUT, HELD_OUT_ENTRIES } from "./held-out.ts";
import { TUNED } from "./questions.ts";
import { FRESH, FRESH_ENTRIES } from "./fresh-questions.ts";
import { openKnowledge } from "./support.ts";

/** Raise these when the answers get better; never lower them without saying why. */
const FLOORS = {
  tuned: { hits: 0.94, wrong: 0, falseAnswers: 0 },
  heldOut: { hits: 0.92, wrong: 0, falseAnswers: 0 },
  fresh: { hits: 0.7, wrong: 0.05, falseAnswers: 0.05 },
} as const;

function holds(
  { hits, wrong, falseAnswers, misses }: Quality,
  floor: { hits: number; wrong: number; falseAnswers: number },
): void {
  const story = `hits ${hits}, wrong ${wrong}, false ${falseAnswers}\n${misses.join("\n")}`;
  assert.ok(hits >= floor.hits && wrong <= floor.wrong && falseAnswers <= floor.falseAnswers, story);
}

Deno.test("askKnowledge keeps its rates on the questions it was tuned on", async () => {
  await using bench = await openKnowledge();
  await seedSample(bench.ctx);
  holds(await measure(bench.ctx, TUNED), FLOORS.tuned);
});

Deno.test("askKnowledge keeps its rates on another business", async () => {
  await using bench = await openKnowledge(HELD_OUT_ENTRIES);
  holds(await measure(bench.ctx, HELD_OUT), FLOORS.heldOut);
});

Deno.test("askKnowledge keeps its rates on a business that nothing was tuned on", async () => {
  await using bench = await openKnowledge(FRESH_ENTRIES);
  holds(await measure(bench.ctx, FRESH), FLOORS.fresh);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { createTimers } from "../../../lib/rules/timers.ts";

interface Named {
  readonly due: number;
  readonly name: number;
}

Deno.test("timers come out by when they are due, and in the order in which they were set", () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(20) }),
    fc.record({ until: fc.nat(20) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const timers = createTimers<Named>();
    let waiting: Named[] = [];
    for (const [name, one] of steps.entries()) {
      if ("add" in one) {
        timers.add({ due: one.add, name });
        waiting.push({ due: one.add, name });
        continue;
      }
      const taken: Named[] = [];
      for (let next = timers.takeDue(one.until); next !== null; next = timers.takeDue(one.until)) {
        taken.push(next);
      }
      const expected = waiting.filter(({ due }) => due <= one.until)
        .sort((a, b) => a.due - b.due || a.name - b.name);
      assert.deepEqual(taken, expected);
      waiting = waiting.filter(({ due }) => due > one.until);
    }
  }));
});

import assert from "node:assert/strict";
import { z } from "zod";
import { definePure } from "../../../lib/kernel/define-function.ts";
import type { Answer } from "../../../lib/ports/isolation.ts";
import { answer } from "../../../workers/threads/answer.ts";

const counts = definePure({
  name: "test.counts",
  summary: "Tells of each step, then ends as it is told to",
  workerType: "CPU_INTENSIVE",
  args: z.tuple([z.boolean()]),
  result: z.number(),
  examples: [{ args: [true] }],
  run: ([fails], { progress }) => {
    for (let step = 1; step <= 1000; step++) progress(step / 10, `step ${step}`);
    if (fails) throw new Error("at the end");
    return 1000;
  },
});

for (const fails of [false, true]) {
  Deno.test(`of a function that ${fails ? "fails" : "ends"} the last word on its progress is passed on before its end`, async () => {
    const said: Answer[] = [];
    await answer({ name: "test.counts", args: [fails], maxBytes: 100 }, {
      functions: [counts],
      send: (one) => void said.push(one),
    });
    assert.ok(said.length < 20, `${said.length} of 1,000 steps were passed on`);
    assert.deepEqual(said.at(-2), { kind: "progress", percent: 100, message: "step 1000" });
    assert.equal(said.at(-1)?.kind, fails ? "failed" : "done");
  });
}

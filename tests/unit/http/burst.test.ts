import assert from "node:assert/strict";
import { Burst } from "../../../lib/adapters/http/burst.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function sending() {
  const burst = new Burst();
  const sent: string[] = [];
  const send = (name: string) => burst.send(new Response(name), () => sent.push(name));
  return { sent, send };
}

Deno.test("the first answer of a turn goes at once, the others together at its end, in their order", async () => {
  const { sent, send } = sending();
  for (const name of ["a", "b", "c"]) send(name);
  await Promise.resolve();
  assert.deepEqual(sent, ["a"]);
  await turn();
  assert.deepEqual(sent, ["a", "b", "c"]);
});

Deno.test("each turn begins anew: an answer that is alone never waits", async () => {
  const { sent, send } = sending();
  for (const name of ["a", "b", "c"]) {
    send(name);
    assert.equal(sent.at(-1), name);
    await turn();
  }
  assert.deepEqual(sent, ["a", "b", "c"]);
});

Deno.test("no more than 32 answers of a turn wait for its end", async () => {
  const { sent, send } = sending();
  for (let i = 0; i < 150; i++) send(String(i));
  assert.equal(sent.length, 129, "the first one, and four times 32");
  await turn();
  assert.deepEqual(sent, Array.from({ length: 150 }, (_, i) => String(i)));
});

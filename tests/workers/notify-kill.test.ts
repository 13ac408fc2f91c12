import assert from "node:assert/strict";
import { runNotify } from "../../bench/notify.ts";
import { WAVE } from "../../lib/notifications/policy.ts";

const COUNT = 3000;
/** Jobs of the lane that sends to many run four at a time, a wave of calls each. */
const IN_FLIGHT = 4 * WAVE;

Deno.test("a sender killed in the middle of many tells nobody twice, and says of which calls it does not know", async () => {
  const { bulk, provider } = await runNotify({ count: COUNT, killAt: 700 });
  const { sent = 0, outcome_unknown: unknown = 0, ...others } = bulk.states;
  assert.deepEqual(others, {});
  assert.equal(sent + unknown, COUNT);
  assert.ok(unknown <= IN_FLIGHT, `${unknown} in doubt`);
  assert.equal(provider.twice, 0);
  assert.ok(provider.numbers >= sent && provider.numbers <= COUNT);
  assert.equal(bulk.state, "done");
});

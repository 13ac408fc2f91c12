import assert from "node:assert/strict";
import fc from "fast-check";
import { createClient, mergeClients, type NewClient } from "../../../lib/clients/mod.ts";
import { createPolicy } from "../../../lib/sla/mod.ts";
import { harness } from "../../support/harness.ts";

const TODAY = "2026-06-15";
type Contract = {
  readonly starts: string | null;
  readonly ends: string | null;
  readonly plan: string | null;
};
const NONE: Contract = { starts: null, ends: null, plan: null };

Deno.test("the contract of merged clients is one of the two, whole, with its SLA: the client's own unless it is none, or over", async () => {
  await using h = await harness();
  h.clock.set(Date.parse(`${TODAY}T12:00Z`));
  const { ctx } = await h.person();
  const policy = async (name: string) =>
    (await createPolicy(ctx, { name, targets: { resolution: { normal: 60 } } })).id;
  const policies = [await policy("Oro"), await policy("Plata")] as const;
  const day = fc.constantFrom(null, "2025-01-01", "2026-01-01", TODAY, "2026-12-31", "2027-12-31");
  const contract = fc.record({ starts: day, ends: day, plan: fc.constantFrom(null, "oro") }, {
    noNullPrototype: true,
  })
    .filter(({ starts, ends }) => starts === null || ends === null || starts <= ends);
  const side = fc.record({ contract, sla: fc.boolean() });
  const has = ({ starts, ends, plan }: Contract) => starts !== null || ends !== null || plan !== null;
  const over = ({ ends }: Contract) => ends !== null && ends < TODAY;
  await fc.assert(
    fc.asyncProperty(side, side, async (one, other) => {
      const made = async (input: NewClient) => (await createClient(ctx, input)).id;
      const [mine, theirs] = [one.sla ? policies[0] : null, other.sla ? policies[1] : null];
      const id = await made({ name: "a", contract: one.contract, sla_policy_id: mine });
      const duplicate_id = await made({ name: "b", contract: other.contract, sla_policy_id: theirs });
      const merged = await mergeClients(ctx, { id, duplicate_id });
      const { state: _, ...kept } = merged.contract;
      const [a, b] = [one.contract, other.contract];
      const expected = has(a) && !(over(a) && has(b) && !over(b))
        ? [a, mine ?? (has(b) ? null : theirs)]
        : has(b)
        ? [b, theirs ?? (has(a) ? null : mine)]
        : [NONE, mine ?? theirs];
      assert.deepEqual([kept, merged.sla_policy_id], expected);
    }),
    { numRuns: 150 },
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, HOUR, iso, MINUTE } from "../../../lib/kernel/clock.ts";
import { dryRun, type RuleInput, ruleInput } from "../../../lib/rules/mod.ts";
import { watchesAt } from "../../../lib/rules/past-standing.ts";
import {
  commentTicket,
  findTicket,
  hearCustomer,
  mergeTicket,
  openTicket,
  updateTicket,
} from "../../../lib/tickets/mod.ts";
import { harness } from "../../support/harness.ts";
import { type Desk, openDesk } from "./desk.ts";

const rule = (since: "opened" | "state" | "customer_waits" | "customer_silent", minutes: number) =>
  ruleInput.parse(
    {
      name: since,
      when: { since, minutes, counts: "wall" },
      actions: [{ type: "add_labels", labels: [since] }],
    } satisfies RuleInput,
  );

async function firedOf(desk: Desk, tried: ReturnType<typeof rule>, span: { from: number; to: number }) {
  const input = { rule: tried, rule_ids: [], from: iso(span.from), to: iso(span.to) };
  const { rules: [trial], complete } = await dryRun(desk.person.ctx, input);
  assert.ok(trial !== undefined && complete);
  return trial;
}

Deno.test("a dry run counts tickets that were idle since before it, once their time came within it, as they were then", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const { ctx } = desk.person;
  const open = async (subject: string) => (await openTicket(ctx, { subject, priority: "low" })).id;
  const start = h.clock.now();
  const at = (days: number) => h.clock.set(start + days * DAY);
  const idle = await open("sin tocar");
  const later = await open("movido después");
  const early = await open("movido antes de su hora");
  const ended = await open("resuelto antes");
  at(2);
  await updateTicket(ctx, { ticketId: ended, state: "resolved" });
  at(12);
  const young = await open("joven");
  at(20);
  await updateTicket(ctx, { ticketId: early, state: "open" });
  at(35);
  await updateTicket(ctx, { ticketId: later, state: "resolved", priority: "urgent" });
  at(40);
  const span = { from: start + 10 * DAY, to: start + 40 * DAY };
  const state = await firedOf(desk, rule("state", 30 * 24 * 60), span);
  assert.deepEqual(state.samples.map(({ subject_id, at }) => [subject_id, at]), [
    [idle, iso(start + 30 * DAY)],
    [later, iso(start + 30 * DAY)],
  ]);
  const opened = await firedOf(desk, rule("opened", 28 * 24 * 60), span);
  assert.deepEqual(
    opened.samples.map(({ subject_id }) => subject_id).toSorted(),
    [idle, later, early, young].toSorted(),
  );
  assert.equal((await firedOf(desk, rule("opened", 60), { ...span, from: start + DAY })).fired, 1, "joven");
  const low = {
    ...rule("state", 30 * 24 * 60),
    conditions: { field: "ticket.priority", operator: "is", value: "urgent" },
  };
  assert.equal((await firedOf(desk, ruleInput.parse(low), span)).fired, 0, "it was low at its time");
  assert.deepEqual((await firedOf(desk, rule("customer_silent", 5), span)).fired, 0);
});

const STEPS = ["ours", "theirs", "private", "open", "pending_internal", "resolved", "wait"] as const;

Deno.test("whenever a dry run begins, it finds of tickets what one that saw all of it finds within its days", async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(2)), { minLength: 4, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(20), fc.integer({ min: 1, max: 10 }), async (all, begins, minutes) => {
      await using h = await harness();
      const desk = await openDesk(h);
      const { ctx } = desk.person;
      const start = h.clock.now();
      const ids: string[] = [];
      for (const subject of ["a", "b", "c"]) ids.push((await openTicket(ctx, { subject })).id);
      for (const [what, which] of all) {
        h.clock.advance(2 * MINUTE);
        const ticketId = ids[which] ?? "";
        if (what === "ours" || what === "private") {
          const visibility = what === "ours" ? "public" : "private";
          await commentTicket(ctx, { ticketId, text: "x", visibility }).catch(() => null);
        } else if (what === "theirs") {
          const ticket = await findTicket(ctx, ticketId);
          if (ticket !== null) {
            await ctx.transact((tx) => hearCustomer(tx, { ticket, text: "y", at: tx.now() }));
          }
        } else if (what !== "wait") {
          await updateTicket(ctx, { ticketId, state: what }).catch(() => null);
        }
      }
      h.clock.advance(2 * MINUTE);
      const to = h.clock.now();
      const from = Math.min(start + begins * MINUTE + 1, to - MINUTE);
      for (const mark of ["opened", "state", "customer_waits", "customer_silent"] as const) {
        const seen = async (from: number) =>
          (await firedOf(desk, rule(mark, minutes), { from, to })).samples
            .map(({ at, subject_id }) => `${at} ${subject_id}`).toSorted();
        const whole = (await seen(start - HOUR)).filter((one) => one >= iso(from));
        assert.deepEqual(await seen(from), whole, mark);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("what came into a ticket by a merge is no word of its own in a dry run either", async () => {
  await using h = await harness();
  const desk = await openDesk(h);
  const { ctx } = desk.person;
  const [one, other] = [await openTicket(ctx, { subject: "a" }), await openTicket(ctx, { subject: "b" })];
  const start = h.clock.now();
  h.clock.advance(MINUTE);
  await commentTicket(ctx, { ticketId: one.id, text: "¿Sigue?", visibility: "public" });
  h.clock.advance(MINUTE);
  await mergeTicket(ctx, { ticketId: one.id, into: other.id });
  h.clock.advance(DAY);
  const trial = await firedOf(desk, rule("customer_silent", 60), {
    from: start + 3 * MINUTE,
    to: h.clock.now(),
  });
  assert.equal(trial.fired, 0);
});

Deno.test("of more tickets than a dry run looks at it takes so many, and says that there are more", async () => {
  await using h = await harness();
  const { person: { ctx } } = await openDesk(h);
  const ids: string[] = [];
  for (const subject of ["a", "b", "c"]) ids.push((await openTicket(ctx, { subject })).id);
  h.clock.advance(MINUTE);
  await updateTicket(ctx, { ticketId: ids[0] ?? "", state: "resolved" });
  h.clock.advance(MINUTE);
  const looked = async (limit: number, time: number) => {
    const { watches, complete } = await watchesAt(ctx, { time, limit });
    return [watches.length, complete];
  };
  const now = h.clock.now();
  assert.deepEqual(await looked(3, now - 2 * MINUTE), [3, true]);
  assert.deepEqual(await looked(2, now - 2 * MINUTE), [2, false]);
  assert.deepEqual(await looked(3, now), [2, true], "what is done since before is no part of it");
  assert.deepEqual(await looked(3, now - HOUR), [0, true]);
});

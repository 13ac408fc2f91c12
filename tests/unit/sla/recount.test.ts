import assert from "node:assert/strict";
import fc from "fast-check";
import type { Calendar } from "../../../lib/business-time/mod.ts";
import {
  changePriority,
  createCalendar,
  pauseClocks,
  resumeClocks,
  satisfyClock,
  startClocks,
  updateCalendar,
} from "../../../lib/sla/mod.ts";
import { slaHandlers } from "../../../workers/handlers/sla.ts";
import { harness } from "../../support/harness.ts";
import { minutesOf } from "../business-time/oracle.ts";
import { work } from "../conversations/talk.ts";
import { MINUTE, openPromises, START, TICKET } from "./promises.ts";

const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"] as const;
const daily = (...shifts: { from: string; to: string }[]) =>
  Object.fromEntries(WEEK.map((day) => [day, shifts]));
const HOURS = [
  daily({ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }),
  daily({ from: "22:00", to: "06:00" }),
  { monday: [{ from: "00:00", to: "24:00" }], wednesday: [{ from: "10:00", to: "10:45" }] },
];
const TARGETS = { normal: 300, urgent: 45, low: 1000, high: 120 };
const DAYS = 9;

const step = fc.record({
  minutes: fc.integer({ min: 1, max: 700 }),
  what: fc.oneof(
    fc.constantFrom("pause", "resume", "wait"),
    fc.constantFrom("low", "normal", "high", "urgent"),
    fc.nat(HOURS.length - 1),
  ),
});

/** Counts open minutes one at a time, as a person with a wall chart would. */
function openPlainCount() {
  const charts = HOURS.map((hours) => {
    const calendar: Calendar = { timezone: "America/Monterrey", hours, holidays: [] };
    return minutesOf(calendar, { start: START, days: DAYS }).open;
  });
  let [minute, counted, hours, running, target]: [number, number, number, boolean, number] = [
    0,
    0,
    0,
    true,
    TARGETS.normal,
  ];
  let brokenAt: number | null = null;
  const look = () => {
    if (counted < target) brokenAt = null;
    else if (running) brokenAt ??= minute;
  };
  return {
    pass(minutes: number) {
      for (let i = 0; i < minutes; i++) {
        if (running && charts[hours]?.[minute]) counted++;
        minute++;
        look();
      }
    },
    apply(what: string | number) {
      if (typeof what === "number") hours = what;
      else if (what === "pause" || what === "resume") running = what === "resume";
      else if (what in TARGETS) target = Reflect.get(TARGETS, what);
      look();
    },
    get now() {
      return { counted, brokenAt };
    },
  };
}

Deno.test("after any run of pauses, priorities and changes of calendar a clock stands where a plain count does", async () => {
  await using h = await harness();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      h.clock.set(START);
      const person = await h.person();
      const calendar = await createCalendar(person.ctx, {
        name: "Turno",
        timezone: "America/Monterrey",
        hours: HOURS[0] ?? null,
      });
      const sla = await openPromises(h, person, {
        counts: "business",
        calendar_id: calendar.id,
        targets: { resolution: TARGETS },
      });
      const plain = openPlainCount();
      await sla.in((tx) => startClocks(tx, { ticketId: TICKET, priority: "normal", policyId: null }));
      for (const { minutes, what } of steps) {
        h.clock.advance(minutes * MINUTE);
        plain.pass(minutes);
        await work(h, slaHandlers);
        if (typeof what === "number") {
          await updateCalendar(person.ctx, { id: calendar.id, hours: HOURS[what] ?? null });
          await work(h, slaHandlers);
        } else if (what === "pause") await sla.in((tx) => pauseClocks(tx, { ticketId: TICKET }));
        else if (what === "resume") await sla.in((tx) => resumeClocks(tx, { ticketId: TICKET }));
        else if (what !== "wait") {
          const priority = what as keyof typeof TARGETS;
          await sla.in((tx) => changePriority(tx, { ticketId: TICKET, priority }));
        }
        plain.apply(what);
        const { breachedAt } = await sla.clock("resolution");
        const { brokenAt } = plain.now;
        assert.equal(breachedAt === null ? null : (breachedAt - START) / MINUTE, brokenAt);
      }
      await sla.in((tx) => satisfyClock(tx, { ticketId: TICKET, clock: "resolution" }));
      const { elapsedMs, state } = await sla.clock("resolution");
      assert.equal(elapsedMs / MINUTE, plain.now.counted);
      assert.equal(state, plain.now.brokenAt === null ? "met" : "breached");
    }),
    { numRuns: 60 },
  );
});

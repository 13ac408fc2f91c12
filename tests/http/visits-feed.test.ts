import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { visits } from "../../db/schema/visits.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { HOUR } from "../../lib/kernel/clock.ts";
import { readICalendar } from "../support/icalendar.ts";
import { at, openVisits } from "./visits-world.ts";

const MOST = 2000;
const A_STATEMENT = 500;

Deno.test("a calendar that can't have all visits has those nearest to now, the coming ones among them", async () => {
  await using w = await openVisits();
  const made = await w.call("POST", "/api/visits", {
    subject: "Por venir",
    operator_id: w.ana,
    starts_at: at(12, 0, 1),
  });
  const { db } = w.h.system;
  const [row] = await db.select().from(visits).where(eq(visits.id, made.body.id));
  assert.ok(row !== undefined);
  const halvesAgo = (halves: number) => w.h.clock.now() - halves * HOUR / 2;
  // The farthest is more than 40 days ago: all of them are within the span.
  const past = Array.from({ length: MOST }, (_, n) => ({
    ...row,
    id: newId("visit"),
    state: "completed" as const,
    subject: `Hecha ${n + 1}`,
    startsAt: halvesAgo(n + 2),
    endsAt: halvesAgo(n + 1),
  }));
  for (let from = 0; from < past.length; from += A_STATEMENT) {
    await db.insert(visits).values(past.slice(from, from + A_STATEMENT));
  }
  const { body: { url } } = await w.call("POST", `/api/operators/${w.ana}/calendar`);
  const { body } = await w.call("GET", new URL(url).pathname);
  const { events } = readICalendar(body);
  const subjects = events.map((event) => event.get("SUMMARY"));
  assert.deepEqual([subjects.length, subjects.at(-1), subjects.at(-2), subjects[0]], [
    MOST,
    "Por venir",
    "Hecha 1",
    `Hecha ${MOST - 1}`,
  ]);
  const starts = events.map((event) => event.get("DTSTART"));
  assert.deepEqual(starts, starts.toSorted(), "in order");
});

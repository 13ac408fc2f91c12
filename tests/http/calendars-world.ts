import { jobs } from "../../db/schema/jobs.ts";
import type { JobCtx } from "../../lib/jobs/mod.ts";
import { HOUR } from "../../lib/kernel/clock.ts";
import { connectedCalendarHandlers } from "../../workers/handlers/connected-calendars.ts";
import { type FakeCalendar, startFakeCalendar, vevent } from "../support/fakes/calendar.ts";
import { at, openVisits, type VisitWorld } from "./visits-world.ts";

export const utc = (time: string) => time.replace(/[-:]|\.\d{3}/g, "");

/** Something on the first Monday of the world, at Monterrey's clock. */
export const meeting = (from: number, to: number, ...more: string[]) =>
  vevent(`UID:m${from}`, `DTSTART:${utc(at(from))}`, `DTEND:${utc(at(to))}`, ...more);

/** A world of visits with a server of calendars, and where those of Ana are connected. */
export async function openCalendars(): Promise<
  AsyncDisposable & { w: VisitWorld; server: FakeCalendar; all: string }
> {
  const server = await startFakeCalendar();
  const w = await openVisits({}, { fetch: server.fetch });
  return {
    w,
    server,
    all: `/api/operators/${w.ana}/connected-calendars`,
    async [Symbol.asyncDispose]() {
      await w[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Runs every look that was asked for by now, once more than once. */
export async function look(w: VisitWorld): Promise<void> {
  const inside = w.h.system.as({ workspaceId: w.owner.workspaceId });
  for (const { name, payload } of await w.h.system.db.select().from(jobs)) {
    const handler = connectedCalendarHandlers.find((one) => one.name === name);
    // Safe: these handlers ask for nothing that only a running job has.
    await handler?.run(inside as JobCtx, payload);
  }
}

/** The hours from the start of the first Monday at which somebody is free for one. */
export async function freeHours(w: VisitWorld): Promise<number[]> {
  const query = `operator_id=${w.ana}&from=${at(10)}&to=${at(18)}&minutes=60&limit=500`;
  const { body } = await w.call("GET", `/api/visits/slots?${query}`);
  return body.data.map(({ starts_at }: { starts_at: string }) =>
    (Date.parse(starts_at) - Date.parse(at(0))) / HOUR
  );
}

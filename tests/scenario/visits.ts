import { iso, MINUTE } from "../../lib/kernel/clock.ts";
import type { Harness } from "../support/harness.ts";
import type { Hired, VisitEntry } from "./log.ts";
import { DAY, type Plan, type PlannedVisit } from "./plan.ts";
import { clientMail } from "./recount-visits.ts";

interface World {
  readonly h: Harness;
  readonly hired: readonly Hired[];
  readonly client: string;
  readonly token: string;
}

interface Made {
  readonly id: string;
  readonly name: string;
  start: number;
  readonly planned: PlannedVisit;
  state: "scheduled" | "checked_in" | "over";
}

const timeOf = (minute: number) => iso(DAY.start + minute * MINUTE);
const minuteOf = (time: string) => (Date.parse(time) - DAY.start) / MINUTE;

/** Makes the visits of a plan through the API, and what becomes of them. */
export function planVisits({ visits }: Plan, { h, hired, client, token }: World) {
  const log: VisitEntry[] = [];
  const made = new Map<PlannedVisit, Made>();
  const call = (method: string, path: string, body?: unknown) => h.request(method, path, { token, body });

  /** Asks for a time; of what is offered instead the first after it that is still today. */
  async function ask(
    entry: {
      what: "ask" | "move";
      minute: number;
      visit: string;
      operator: string;
      start: number;
      length: number;
    },
    send: (start: number) => ReturnType<typeof call>,
  ): Promise<{ id: string; start: number } | null> {
    let start = entry.start;
    for (let tries = 0; tries < 2; tries++) {
      const { status, body } = await send(start);
      if (status < 300) {
        log.push({ ...entry, start, outcome: "made", slots: [] });
        return { id: body.id, start };
      }
      if (status !== 409) throw new Error(`${entry.what} ${status} ${JSON.stringify(body)}`);
      const slots: number[] = body.free_slots.map((slot: { starts_at: string }) => minuteOf(slot.starts_at));
      log.push({ ...entry, start, outcome: body.reason, slots });
      const next = slots.find((slot) => slot > entry.minute && slot < DAY.minutes);
      if (next === undefined) return null;
      start = next;
    }
    return null;
  }

  async function book(minute: number, planned: PlannedVisit, at: number): Promise<void> {
    const operator = hired[planned.operator];
    if (operator === undefined) return;
    const visit = `visita-${at}`;
    const contact = await call("POST", `/api/clients/${client}/contacts`, {
      email: clientMail(visit),
      name: `Visitado ${at}`,
    });
    const { start, length } = planned;
    const found = await ask(
      { what: "ask", minute, visit, operator: operator.id, start, length },
      (starts) =>
        call("POST", "/api/visits", {
          subject: visit,
          contact_id: contact.body.id,
          operator_id: operator.id,
          minutes: length,
          starts_at: timeOf(starts),
        }),
    );
    if (found !== null) made.set(planned, { ...found, name: visit, planned, state: "scheduled" });
  }

  async function step(minute: number, one: Made, what: "confirm" | "move" | "cancel"): Promise<void> {
    const { id, name: visit, planned } = one;
    if (one.state !== "scheduled" || one.start <= minute) return;
    const operator = hired[planned.operator]?.id ?? "";
    if (what === "move") {
      const start = one.start + 45;
      const found = await ask(
        { what, minute, visit, operator, start, length: planned.length },
        (starts) => call("POST", `/api/visits/${id}/reschedule`, { starts_at: timeOf(starts) }),
      );
      if (found !== null) one.start = found.start;
      return;
    }
    const { status } = await call(
      "POST",
      `/api/visits/${id}/${what}`,
      what === "cancel" ? { reason: "No estará" } : {},
    );
    if (status >= 300) throw new Error(`${what} ${visit} ${status}`);
    log.push({ what, minute, visit });
    if (what === "cancel") one.state = "over";
  }

  /** At its time the operator checks in, or finds nobody; at its end checks out. */
  async function go(minute: number, one: Made): Promise<void> {
    const { id, name: visit, planned } = one;
    const what = one.state === "scheduled" && minute === one.start
      ? planned.met ? "check_in" : "no_show"
      : one.state === "checked_in" && minute === one.start + planned.length
      ? "check_out"
      : null;
    if (what === null) return;
    const { status } = await call("POST", `/api/visits/${id}/${what.replace("_", "-")}`, {});
    if (status >= 300) throw new Error(`${what} ${visit} ${status}`);
    log.push({ what, minute, visit });
    one.state = what === "check_in" ? "checked_in" : "over";
  }

  return {
    log,
    async act(minute: number): Promise<void> {
      for (const one of made.values()) await go(minute, one);
      for (const [planned, one] of made) {
        for (const { minute: at, what } of planned.steps) if (at === minute) await step(minute, one, what);
      }
      for (const [at, planned] of visits.entries()) {
        if (planned.minute === minute) await book(minute, planned, at);
      }
    },
  };
}

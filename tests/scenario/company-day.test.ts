import assert from "node:assert/strict";
import { readEvents } from "../../lib/events/mod.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { clocksOf } from "../../lib/sla/mod.ts";
import { harness } from "../support/harness.ts";
import { CHIEF, type Company, runDay } from "./day.ts";
import { DAY, makePlan } from "./plan.ts";
import { recountDesk } from "./recount-desk.ts";
import { recountMails } from "./recount-mails.ts";
import { recountVisits } from "./recount-visits.ts";
import { recountPromises } from "./recount-promises.ts";

const SEED = Number(Deno.env.get("SCENARIO_SEED") ?? 20260105);
const MANY = { RATE_LIMIT_ADDRESS: "10000000", RATE_LIMIT_ACTOR: "10000000" };

const minuteOf = (at: number | null) => at === null ? null : (at - DAY.start) / MINUTE;

Deno.test(`a company's day: every promise, assignment, visit and mail equals a recount on paper (seed ${SEED})`, async () => {
  await using h = await harness({ env: MANY });
  const company = await runDay(h, makePlan(SEED, { operators: 20, tickets: 500, visits: 80 }));
  const { log, hired, owner } = company;
  const desk = recountDesk(log, hired);
  const promises = recountPromises(log);

  assert.deepEqual(
    await assignments(company),
    desk.given.map(({ minute, ticket, operator }) => `${minute} ${ticket} ${operator}`),
  );
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  const kept = new Map<string, unknown[]>();
  for (let from = 0; from < company.tickets.length; from += 100) {
    for (const [ticket, clocks] of await clocksOf(inside, company.tickets.slice(from, from + 100))) {
      kept.set(
        ticket,
        clocks.map(({ kind, state, targetMs, warnedAt, breachedAt }) => ({
          kind,
          state,
          target: (targetMs ?? 0) / MINUTE,
          warned: minuteOf(warnedAt),
          broken: minuteOf(breachedAt),
        })),
      );
    }
  }
  const paper = new Map(
    [...promises.promises].map(([ticket, all]) => [
      ticket,
      all.filter(({ target }) => target !== null).map(({ kind, state, target, warnedAt, brokenAt }) => ({
        kind,
        state,
        target,
        warned: warnedAt,
        broken: brokenAt,
      })),
    ]),
  );
  for (const ticket of company.tickets) assert.deepEqual(kept.get(ticket), paper.get(ticket), ticket);

  const visits = recountVisits(company.visitLog, hired);
  const asked = company.visitLog.flatMap((one) =>
    "outcome" in one ? [{ outcome: one.outcome, slots: one.slots }] : []
  );
  assert.deepEqual(asked, visits.answers);
  const { data } = await company.send("GET", "/api/visits?limit=200");
  const states = data.map(({ subject, state, starts_at }: Record<string, string>) => [
    subject,
    `${state} ${minuteOf(Date.parse(starts_at ?? ""))}`,
  ]);
  assert.deepEqual(Object.fromEntries(states), visits.states);

  const mails = recountMails({
    log,
    hired,
    desk,
    promises,
    owner: { user: owner.userId, mail: `${owner.userId}@example.com` },
    chief: CHIEF,
  });
  assert.deepEqual(
    h.ports.mail.sent.map(({ to, subject }) => `${to} | ${subject}`).sort(),
    [...mails, ...visits.mails].sort(),
  );
});

/** Who was given which ticket in which minute, as the event log tells it. */
async function assignments({ owner }: Company): Promise<string[]> {
  const given: string[] = [];
  const types = ["ticket.opened", "ticket.assigned"];
  for (let after = 0, more = true; more;) {
    const page = await readEvents(owner.ctx, { after, limit: 500, types });
    for (const { data, at } of page) {
      const { id, assignee_id } = data["ticket"] as { id: string; assignee_id: string | null };
      if (assignee_id !== null && assignee_id !== data["from"]) {
        given.push(`${minuteOf(at)} ${id} ${assignee_id}`);
      }
    }
    after = page.at(-1)?.seq ?? after;
    more = page.length === 500;
  }
  return given;
}

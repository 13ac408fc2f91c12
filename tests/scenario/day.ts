import { drainConsumers } from "../../lib/consumers/mod.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { consumers } from "../../workers/consumers.ts";
import { handlers } from "../../workers/registry.ts";
import type { Harness, Person } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";
import type { Entry, Hired, VisitEntry } from "./log.ts";
import { planVisits } from "./visits.ts";
import {
  CATEGORIES,
  DAY,
  HOURS,
  HOURS_CHANGE,
  type Plan,
  type PlannedTicket,
  POLICIES,
  TEAMS,
  WHEN_BUSY,
} from "./plan.ts";

// deno-lint-ignore no-explicit-any -- answers are read as the routes promise them
type Body = any;

export interface Company {
  readonly owner: Person;
  readonly hired: readonly Hired[];
  readonly log: readonly Entry[];
  readonly visitLog: readonly VisitEntry[];
  readonly tickets: readonly string[];
  send(method: string, path: string, body?: unknown, token?: string): Promise<Body>;
}

export const CHIEF = "jefe@aurora.example";
const EVERY_WARNING = { percent: 80 };

/** Runs a company for a day through its API, minute by minute, and writes down what was done. */
export async function runDay(h: Harness, plan: Plan): Promise<Company> {
  h.clock.set(DAY.start);
  const owner = await h.person();
  const send = async (method: string, path: string, body?: unknown, token = owner.token): Promise<Body> => {
    const { status, body: answer } = await h.request(method, path, { token, body });
    if (status >= 300) throw new Error(`${method} ${path} ${status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const log: Entry[] = [];
  const settle = async () => {
    for (;;) {
      const read = await drainConsumers(h.system, consumers);
      const done = await work(h, handlers);
      if (read === 0 && done.length === 0) return;
    }
  };
  const { hired, tokens, categories, policies, client } = await found(h, { plan, owner, send });
  await settle();

  const ids: string[] = [];
  const opened = new Map<PlannedTicket, { id: string; talk: string | null; state: string }>();
  const tokenFor = async (id: string) => {
    const { assignee_id } = await send("GET", `/api/tickets/${id}`);
    const operator = hired.find((one) => one.id === assignee_id);
    return operator === undefined
      ? { token: owner.token, user: owner.userId }
      : { token: tokens.get(operator.user) ?? "", user: operator.user };
  };

  async function open(minute: number, ticket: PlannedTicket, at: number): Promise<void> {
    const category = CATEGORIES[ticket.category] ?? CATEGORIES[0];
    const subject = ticket.locale === "en"
      ? `The machine ${at} does not work`
      : `El equipo ${at} no funciona`;
    const mail = `cliente${at}@correo.example`;
    let who: Record<string, string>;
    let talk: string | null = null;
    if (ticket.from === "mail") {
      const contact = await send("POST", `/api/clients/${client}/contacts`, {
        email: mail,
        name: `Cliente ${at}`,
      });
      who = { contact_id: contact.id };
    } else {
      talk = `cliente-${at}`;
      const said = await send("POST", "/api/conversations", {
        contact: { external_id: talk, locale: ticket.locale },
        text: subject,
      });
      who = { conversation_id: said.conversation_id };
    }
    const made = await send("POST", "/api/tickets", {
      subject,
      priority: ticket.priority,
      category_id: categories[ticket.category],
      sla_policy_id: policies[ticket.policy],
      ...who,
    });
    opened.set(ticket, { id: made.id, talk, state: "new" });
    ids.push(made.id);
    log.push({
      what: "open",
      minute,
      ticket: made.id,
      number: made.number,
      priority: ticket.priority,
      policy: ticket.policy,
      team: category.team,
      skills: category.skills,
      locale: made.locale,
      subject,
      mail: talk === null ? mail : null,
    });
    if (!ticket.watched) return;
    await send("POST", `/api/tickets/${made.id}/watchers`, {});
    log.push({ what: "watch", minute, ticket: made.id, user: owner.userId });
  }

  async function act(minute: number, ticket: PlannedTicket, step: PlannedTicket["steps"][number]["step"]) {
    const known = opened.get(ticket);
    if (known === undefined) return;
    const { id, talk } = known;
    if (step.what === "priority") {
      await send("PUT", `/api/tickets/${id}`, { priority: step.priority });
      log.push({ what: "priority", minute, ticket: id, priority: step.priority });
      return;
    }
    const { what } = step;
    if (talk !== null && (what === "customer" || what === "reopen")) {
      await send("POST", "/api/conversations", { contact: { external_id: talk }, text: "¿Y bien?" });
      if (what === "reopen") log.push({ what, minute, ticket: id, by: null });
      log.push({ what: "customer", minute, ticket: id, by: null });
      known.state = "open";
      return;
    }
    if (what === "customer" && known.state !== "pending_customer") return;
    const { token, user: by } = await tokenFor(id);
    if (what === "respond") {
      await send("POST", `/api/tickets/${id}/comments`, { text: "Lo vemos", visibility: "public" }, token);
    } else {
      const state = { wait: "pending_customer", customer: "open", resolve: "resolved", reopen: "open" }[what];
      known.state = state;
      await send("PUT", `/api/tickets/${id}`, { state }, token);
    }
    log.push({ what: what === "customer" ? "continue" : what, minute, ticket: id, by });
  }

  const visits = planVisits(plan, { h, hired, client, token: owner.token });
  const steps = plan.tickets.flatMap((ticket) => ticket.steps.map((one) => ({ ...one, ticket })));
  const stepsAt = Map.groupBy(steps, ({ minute }) => minute);
  const ticketsAt = Map.groupBy(
    plan.tickets.map((ticket, at) => ({ ticket, at })),
    ({ ticket }) => ticket.minute,
  );
  for (let minute = 0; minute <= DAY.minutes; minute++) {
    h.clock.set(DAY.start + minute * MINUTE);
    await settle();
    if (minute === HOURS_CHANGE) await send("PUT", "/api/business/config", { hours: HOURS[1] });
    for (const { operator, presence, minute: away, back } of plan.absences) {
      const now = minute === away ? presence : minute === back ? "online" : null;
      const one = hired[operator];
      if (now === null || one === undefined) continue;
      await send("PUT", `/api/operators/${one.id}/presence`, { presence: now, for_minutes: 1440 });
      log.push({ what: "presence", minute, operator: one.id, presence: now });
    }
    for (const { ticket, at } of ticketsAt.get(minute) ?? []) await open(minute, ticket, at);
    const due = stepsAt.get(minute) ?? [];
    // What customers write is heard after what operators do: consumers read it from the log.
    const heard = ({ step, ticket }: typeof due[number]) =>
      ticket.from === "conversation" && (step.what === "customer" || step.what === "reopen");
    for (const one of due) if (!heard(one)) await act(minute, one.ticket, one.step);
    for (const one of due) if (heard(one)) await act(minute, one.ticket, one.step);
    await visits.act(minute);
    await settle();
  }
  return { owner, hired, log, visitLog: visits.log, tickets: ids, send };
}

interface Founding {
  readonly plan: Plan;
  readonly owner: Person;
  readonly send: Company["send"];
}

/** Hours, promises, teams, operators, categories, a client and a rule. */
async function found(h: Harness, { plan, owner, send }: Founding) {
  await send("PUT", "/api/business/config", { timezone: DAY.zone, hours: HOURS[0] });
  const policies: Record<string, string> = {};
  for (const [name, { counts, ...targets }] of Object.entries(POLICIES)) {
    const { id } = await send("POST", "/api/sla-policies", { name, counts, targets, warn: EVERY_WARNING });
    policies[name] = id;
  }
  const teams: Record<string, string> = {};
  for (const name of TEAMS) {
    const { when_busy, overflow, skills } = WHEN_BUSY[name];
    const { id } = await send("POST", "/api/teams", {
      name,
      when_busy,
      skills,
      overflow_team_id: overflow === null ? null : teams[overflow],
    });
    teams[name] = id;
  }
  const hired: Hired[] = [];
  const tokens = new Map<string, string>();
  for (const [at, one] of plan.operators.entries()) {
    const person = await h.person({ role: "operator", workspaceId: owner.workspaceId });
    const { id } = await send("POST", "/api/operators", {
      name: `Operador ${at}`,
      user_id: person.userId,
      skills: one.skills,
      languages: one.languages,
      timezone: DAY.zone,
      capacity: one.capacity,
      team_ids: one.teams.map((team) => teams[team]),
    });
    await send("PUT", `/api/operators/${id}/presence`, { presence: "online", for_minutes: 1440 });
    tokens.set(person.userId, person.token);
    hired.push({ ...one, id, user: person.userId, mail: `${person.userId}@example.com` });
  }
  const categories: string[] = [];
  for (const { name, team, skills } of CATEGORIES) {
    categories.push(
      (await send("POST", "/api/ticket-categories", { name, team_id: teams[team], skills })).id,
    );
  }
  const client = (await send("POST", "/api/clients", { name: "Varios" })).id;
  await send("POST", "/api/rules", {
    name: "Urgentes vencidos",
    when: { event: "sla.breached" },
    conditions: { field: "ticket.priority", operator: "is", value: "urgent" },
    actions: [{
      type: "notify",
      to: [{ channel: "email", recipient: CHIEF }],
      subject: "{{ticket.reference}} urgente vencido",
      message: "{{ticket.subject}}",
    }],
  });
  return { hired, tokens, categories, policies, client };
}

import type { DeskRecount } from "./recount-desk.ts";
import type { PromisesRecount } from "./recount-promises.ts";
import type { Entry, Hired } from "./log.ts";
import { DAY } from "./plan.ts";

export interface MailsInput {
  readonly log: readonly Entry[];
  readonly hired: readonly Hired[];
  readonly desk: DeskRecount;
  readonly promises: PromisesRecount;
  /** The owner watches some tickets, and reads mail at this address. */
  readonly owner: { readonly user: string; readonly mail: string };
  /** Whom the rule about broken promises of urgent tickets tells. */
  readonly chief: string;
}

const SURVEY_AFTER = 10;
const NEWS = { warned: "vence pronto", breached: "está vencido" } as const;

/** Every mail that has to go out, as `address | subject`. */
export function recountMails({ log, hired, desk, promises, owner, chief }: MailsInput): string[] {
  const mails: string[] = [];
  const opened = new Map(log.flatMap((one) => one.what === "open" ? [[one.ticket, one] as const] : []));
  const watched = new Map(
    log.flatMap((one) => one.what === "watch" ? [[one.ticket, one.minute] as const] : []),
  );
  const mailOf = (operator: string | null) => hired.find(({ id }) => id === operator)?.mail ?? null;
  const userOf = (operator: string | null) => hired.find(({ id }) => id === operator)?.user ?? null;
  /** Who had it when people were told: before what was held went out. */
  const holding = (ticket: string, minute: number) =>
    desk.holdings.get(ticket)?.findLast((one) => one.minute < minute || (one.minute === minute && !one.late));
  const holder = (ticket: string, minute: number) => holding(ticket, minute)?.operator ?? null;
  /** A deed that gives the ticket to somebody tells them so, and nothing else of it. */
  const givenBy = (ticket: string, minute: number, operator: string | null) =>
    desk.given.some((one) =>
      one.ticket === ticket && one.minute === minute && one.operator === operator && !one.late
    );
  const reference = (ticket: string) => `T-${opened.get(ticket)?.number}`;
  const send = (to: string | null, subject: string) => {
    if (to !== null) mails.push(`${to} | ${subject}`);
  };

  /** Tells who has it and who watches it, never whoever did it. */
  function tell(
    ticket: string,
    minute: number,
    { subject, by }: { subject: string; by: string | null },
  ): void {
    const operator = holder(ticket, minute);
    if (userOf(operator) !== by && !givenBy(ticket, minute, operator)) send(mailOf(operator), subject);
    const since = watched.get(ticket);
    if (since !== undefined && since <= minute && owner.user !== by) send(owner.mail, subject);
  }

  for (const { ticket, operator } of desk.given) {
    send(mailOf(operator), `${reference(ticket)} es suyo: ${opened.get(ticket)?.subject}`);
  }
  for (const { ticket, minute, what, early } of promises.news) {
    // What is done later in that minute does not count for it.
    const then = early ? minute - 0.5 : minute;
    const subject = `${reference(ticket)} ${NEWS[what]}`;
    tell(ticket, then, { subject, by: null });
    const held = holding(ticket, then);
    if (held?.operator === null) {
      // Nobody has it: all of the team hear of it.
      for (const { mail } of hired.filter(({ teams }) => teams.includes(held.team))) send(mail, subject);
    }
    if (what === "breached" && priorityAt(log, ticket, then) === "urgent") {
      send(chief, `${reference(ticket)} urgente vencido`);
    }
  }
  const states = new Map<string, string>();
  for (const entry of log) {
    if (entry.what === "presence" || entry.what === "priority" || entry.what === "watch") continue;
    const { ticket, minute } = entry;
    if (entry.what === "open") {
      states.set(ticket, "new");
      continue;
    }
    const { by } = entry;
    const news = { subject: `${reference(ticket)}: comentario nuevo`, by };
    const commented = entry.what === "respond" || entry.what === "customer";
    if (commented) tell(ticket, minute, news);
    if (entry.what === "respond") {
      // Without a conversation the answer goes out by mail.
      send(opened.get(ticket)?.mail ?? null, `[${reference(ticket)}] ${opened.get(ticket)?.subject}`);
    }
    const after = stateAfter(entry.what, states.get(ticket) ?? "new");
    if (after !== states.get(ticket)) {
      // One deed, one mail: the comment's, also where the customer's word reopened it.
      const withWords = commented || (entry.what === "reopen" && by === null);
      if (!withWords) tell(ticket, minute, { subject: `${reference(ticket)} cambió de estado`, by });
      states.set(ticket, after);
    }
    if (entry.what === "resolve" && minute + SURVEY_AFTER <= DAY.minutes) askAfter(ticket);
  }

  function askAfter(ticket: string): void {
    const one = opened.get(ticket);
    if (one === undefined || one.mail === null) return;
    const question = one.locale?.startsWith("en") ? "How did we do?" : "¿Cómo le atendimos?";
    send(one.mail, `${question} ${reference(ticket)}`);
  }

  return mails;
}

function stateAfter(what: string, state: string): string {
  if (what === "respond") return state === "new" ? "open" : state;
  if (what === "wait") return "pending_customer";
  if (what === "customer") return state === "pending_customer" ? "open" : state;
  return what === "resolve" ? "resolved" : "open";
}

function priorityAt(log: readonly Entry[], ticket: string, minute: number): string | null {
  let priority: string | null = null;
  for (const entry of log) {
    if (!("ticket" in entry) || entry.ticket !== ticket || entry.minute > minute) continue;
    if (entry.what === "open" || entry.what === "priority") priority = entry.priority;
  }
  return priority;
}

import { z } from "zod";
import type { Tx } from "../context.ts";
import {
  type Audience,
  defineTemplate,
  type Notice,
  type Notified,
  notify,
  operatorAudience,
} from "../notifications/mod.ts";
import { notifyInThread } from "../tickets/mod.ts";
import { operatorsById, teamMembershipsOf } from "../operators/mod.ts";
import type { ActionAudience, NotifyAction } from "./action-schemas.ts";
import type { Known } from "./facts.ts";
import { hearersOf, requesterOf } from "./of-another.ts";
import type { Locale } from "../knowledge/mod.ts";
import { askedFor, inWords } from "./texts.ts";

export interface Telling {
  readonly action: NotifyAction;
  readonly known: Known;
  /** The same key again tells nobody anew. */
  readonly key: string;
  readonly subjectId: string;
}

/** Tells people in the rule's own words. Resolves to how many deliveries were written. */
export async function tell(tx: Tx, { action, known, key, subjectId }: Telling): Promise<number> {
  const { subject, message, priority } = action;
  const to: Audience[] = [];
  for (const one of hearersOf(action, known)) to.push(...await peopleOf(tx, one, known));
  const askers = to.filter((one) => "contactId" in one);
  const others = to.filter((one) => !("contactId" in one));
  const wordsIn = (language: Locale) => ({
    subject: inWords(subject, language),
    text: inWords(message, language),
  });
  const texts = { es: wordsIn("es"), en: wordsIn("en") };
  const template = defineTemplate({
    name: "rule.notice",
    category: "rules",
    schema: z.record(z.string(), z.unknown()),
    texts,
    example: {},
  });
  const asked = Object.values(texts).map((words) => `${words.subject} ${words.text}`).join(" ");
  const data = askedFor(asked, known);
  const notice = { template, data, subjectId, priority };
  const told = [
    ...others.length === 0 ? [] : [await notify(tx, { ...notice, to: others, key })],
    ...askers.length === 0 ? [] : [await tellAsker(tx, known, { ...notice, to: askers, key: `${key}:asks` })],
  ];
  return told.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
}

/** Who asks may answer: where there is a ticket, the answer is to come to it. */
async function tellAsker<D>(tx: Tx, known: Known, notice: Notice<D>): Promise<Notified> {
  const ticketId = known["ticket"]?.["id"];
  return typeof ticketId === "string"
    ? await notifyInThread(tx, { ...notice, ticketId })
    : await notify(tx, notice);
}

async function peopleOf(tx: Tx, to: ActionAudience, known: Known): Promise<Audience[]> {
  if (to === "assignee") return await assigneeOf(tx, known);
  if (to === "team") return await teamOf(tx, known["ticket"]?.["team_id"]);
  if (to === "requester") {
    const contactId = requesterOf(known);
    return contactId === null ? [] : [{ contactId }];
  }
  if ("user_id" in to) return [{ userId: to.user_id }];
  if ("operator_id" in to) return await operatorsOf(tx, [to.operator_id]);
  return "team_id" in to ? await teamOf(tx, to.team_id) : [to];
}

async function assigneeOf(tx: Tx, known: Known): Promise<Audience[]> {
  const operatorId = known["ticket"]?.["assignee_id"] ?? known["visit"]?.["operator_id"] ??
    known["call"]?.["operator_id"];
  if (typeof operatorId === "string") return await operatorsOf(tx, [operatorId]);
  const userId = known["conversation"]?.["assignee_id"];
  return typeof userId === "string" ? [{ userId }] : [];
}

async function teamOf(tx: Tx, teamId: unknown): Promise<Audience[]> {
  if (typeof teamId !== "string") return [];
  const members = await teamMembershipsOf(tx, { teamIds: [teamId] });
  return await operatorsOf(tx, members.map(({ operatorId }) => operatorId));
}

async function operatorsOf(tx: Tx, ids: readonly unknown[]): Promise<Audience[]> {
  const known = ids.filter((id) => typeof id === "string");
  const operators = await operatorsById(tx, known);
  const reached = await Promise.all(operators.map((one) => operatorAudience(tx, one)));
  return reached.filter((one) => one !== null);
}

import { there } from "../kernel/errors.ts";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { clientOfContact, type ClientRow } from "../clients/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { guessLocale } from "../knowledge/mod.ts";
import { startClocks } from "../sla/mod.ts";
import { type TicketView, ticketView } from "./present.ts";
import { type Assigned, choose, givenBy, holdPlace, type Needs } from "./assign.ts";
import { fieldsAfter } from "./fields.ts";
import { feltAtFirst } from "./mood.ts";
import { findTeam } from "../operators/mod.ts";
import { namedClient, namedOperator, namedTeam, requesterOf, stillThere } from "./named.ts";
import { findCategory, type PresetView } from "./presets.ts";
import { policyOfClient } from "./promises.ts";
import { type DeskSettings, settingsOf } from "./settings.ts";
import { type NewTicket, newTicket } from "./schemas.ts";
import { insertTicket, newTicketId, selectTicket, type TicketRow, writeLabels } from "./store.ts";
import { nextNumber } from "./store-desk.ts";
import { writeFieldValues } from "./store-fields.ts";
import { type IndexForm, indexTicket } from "./store-search.ts";
import { indexFormOf } from "./words.ts";
import type { output } from "zod";

/** Opens a ticket. Throws 422 for what it names and is not there. */
export async function openTicket(ctx: Ctx, input: NewTicket): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  const wanted = newTicket.parse(input);
  const form = indexFormOf(wanted);
  return await ctx.transact(async (tx) => ticketView(await open(tx, { wanted, form }), tx.now()));
}

/** Opens a ticket for a call that nobody answered, in the caller's transaction. */
export async function openForMissedCall(tx: Tx, input: NewTicket): Promise<TicketView> {
  requireScope(tx, "tickets:write");
  const wanted = newTicket.parse(input);
  return ticketView(await open(tx, { wanted, form: indexFormOf(wanted), missedCalls: 1 }), tx.now());
}

/**
 * Opens a ticket out of another one in the caller's transaction. The custom fields come as they are there: they were
 * checked when they were set, and the desk may define others by now.
 */
export async function openBeside(
  tx: Tx,
  { fields, ...input }: NewTicket & { readonly fields: TicketRow["fields"] },
): Promise<TicketView> {
  requireScope(tx, "tickets:write");
  const wanted = newTicket.parse(input);
  return ticketView(await open(tx, { wanted, form: indexFormOf(wanted), fields }), tx.now());
}

interface Opening {
  readonly wanted: output<typeof newTicket>;
  readonly form: IndexForm;
  /** In place of those that are wanted, which are checked. */
  readonly fields?: TicketRow["fields"];
  readonly missedCalls?: number;
}

async function open(tx: Tx, { wanted, form, fields, missedCalls = 0 }: Opening): Promise<TicketRow> {
  const asker = await requesterOf(tx, wanted);
  const { subject, description, source, labels } = wanted;
  const { number, settings } = await nextNumber(tx);
  const desk = settingsOf(settings);
  const category = await categoryOf(tx, wanted.category_id);
  const client = await clientOf(tx, { wanted, contactId: asker.contactId });
  const priority = wanted.priority ?? category?.priority ?? "normal";
  const locale = asker.locale ?? guessLocale(`${subject}\n${description}`);
  const place = await placeOf(tx, { wanted, desk, needs: { category, priority, locale } });
  const id = newTicketId();
  const policyId = wanted.sla_policy_id ?? await policyOfClient(tx, client);
  const sla = await startClocks(tx, {
    ticketId: id,
    priority,
    policyId,
  });
  const row = await insertTicket(tx, {
    id,
    number,
    subject,
    description,
    state: "new",
    priority,
    source,
    categoryId: category?.id ?? null,
    clientId: client?.id ?? null,
    labels,
    fields: fields ?? fieldsAfter({
      definitions: desk.fields,
      given: wanted.fields,
      before: {},
      complete: tx.actor.kind !== "system",
    }),
    slaPolicyId: sla.policyId,
    dueAt: sla.dueAt,
    followsId: await followedBy(tx, wanted.follows_id),
    missedCalls,
    ...feltAtFirst({ source, subject, description }),
    ...asker,
    ...place,
    locale,
  });
  await holdPlace(tx, row);
  if (labels.length > 0) await writeLabels(tx, { ...row, fresh: true });
  if (Object.keys(row.fields).length > 0) await writeFieldValues(tx, { ...row, fresh: true });
  await indexTicket(tx, { seq: row.seq, form });
  await emit(tx, {
    type: "ticket.opened",
    subjectId: row.id,
    data: { ticket: ticketView(row, tx.now()) },
  });
  await audit(tx, { action: "ticket.open", subjectId: row.id, detail: { number, priority, source } });
  return row;
}

async function followedBy(tx: Tx, id: string | null | undefined): Promise<string | null> {
  return id === undefined || id === null ? null : there("follows_id", await selectTicket(tx, id)).id;
}

type Category = PresetView<"category">;

async function categoryOf(tx: Tx, id: string | null | undefined): Promise<Category | null> {
  return id === undefined || id === null ? null : there("category_id", await findCategory(tx, id));
}

/** The client who is named, else the one of the contact. */
async function clientOf(
  tx: Tx,
  { wanted, contactId }: { wanted: Opening["wanted"]; contactId: string | null },
): Promise<ClientRow | null> {
  if (typeof wanted.client_id === "string") return await namedClient(tx, wanted.client_id);
  return wanted.client_id === null || contactId === null ? null : await clientOfContact(tx, contactId);
}

interface Placing {
  readonly wanted: Opening["wanted"];
  readonly desk: DeskSettings;
  readonly needs: Pick<Needs, "priority" | "locale"> & { readonly category: Category | null };
}

/** Who gets a new ticket: the operator who is named, else one who is free and fit, unless nobody is to be looked for. */
async function placeOf(tx: Tx, { wanted, desk, needs }: Placing): Promise<Assigned | Unplaced> {
  const { category, priority, locale } = needs;
  const { assignee_id, team_id } = wanted;
  // A category may name a team that was removed since.
  const teamId = team_id === undefined ? await stillThere(tx, category?.team_id ?? null, findTeam) : team_id;
  if (typeof team_id === "string") await namedTeam(tx, team_id);
  if (typeof assignee_id === "string") {
    await namedOperator(tx, assignee_id);
    return {
      assigneeId: assignee_id,
      teamId,
      assignment: givenBy(tx, { operatorId: assignee_id, teamId }),
    };
  }
  if (assignee_id === null || !desk.auto_assign) return { assigneeId: null, teamId, assignment: null };
  return await choose(tx, { teamId, skills: category?.skills ?? [], priority, locale });
}

type Unplaced = Pick<TicketRow, "assigneeId" | "teamId" | "assignment">;

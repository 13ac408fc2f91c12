import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { guessLocale } from "../knowledge/mod.ts";
import { startClocks } from "../sla/mod.ts";
import { type TicketView, ticketView } from "./present.ts";
import { requesterOf } from "./named.ts";
import { type NewTicket, newTicket } from "./schemas.ts";
import { insertTicket, newTicketId, nextNumber, type TicketRow, writeLabels } from "./store.ts";
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

interface Opening {
  readonly wanted: output<typeof newTicket>;
  readonly form: IndexForm;
}

async function open(tx: Tx, { wanted, form }: Opening): Promise<TicketRow> {
  const { contactId, conversationId, locale } = await requesterOf(tx, wanted);
  const { subject, description, source, labels, priority = "normal" } = wanted;
  const { number } = await nextNumber(tx);
  const id = newTicketId();
  const sla = await startClocks(tx, { ticketId: id, priority, policyId: wanted.sla_policy_id ?? null });
  const row = await insertTicket(tx, {
    id,
    number,
    subject,
    description,
    state: "new",
    priority,
    source,
    categoryId: null,
    teamId: null,
    assigneeId: null,
    clientId: null,
    contactId,
    conversationId,
    labels,
    fields: {},
    locale: locale ?? guessLocale(`${subject}\n${description}`),
    assignment: null,
    slaPolicyId: sla.policyId,
    dueAt: sla.dueAt,
    followsId: null,
  });
  if (labels.length > 0) await writeLabels(tx, { ...row, fresh: true });
  await indexTicket(tx, { seq: row.seq, form });
  await emit(tx, {
    type: "ticket.opened",
    subjectId: row.id,
    data: { ticket: ticketView(row, tx.now()) },
  });
  await audit(tx, { action: "ticket.open", subjectId: row.id, detail: { number, priority, source } });
  return row;
}

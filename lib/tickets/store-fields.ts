import { and, eq, sql } from "drizzle-orm";
import { ticketFieldValues } from "../../db/schema/tickets.ts";
import type { Tx } from "../context.ts";
import type { TicketRow } from "./store.ts";

const v = ticketFieldValues;
/** A longer text is read, not looked up. */
export const LONGEST_VALUE = 200;

/** The values of custom fields as they are looked up: of a choice of several each. */
function valuesOf(fields: Readonly<Record<string, unknown>>): { key: string; value: string }[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    [...new Set((Array.isArray(value) ? value : [value]).map(String))].map((one) => ({ key, value: one }))
  ).filter(({ value }) => value.length <= LONGEST_VALUE);
}

/** The plus keeps SQLite from walking the values of the whole workspace. */
const valuesOfTicket = (tx: Tx, seq: number) =>
  and(sql`+${v.workspaceId} = ${tx.workspaceId}`, eq(v.seq, seq));

/** Makes the rows by which tickets are found under a custom field like the ticket's own values. */
export async function writeFieldValues(
  tx: Tx,
  { seq, createdAt, state, fields, fresh }: Pick<TicketRow, "seq" | "createdAt" | "state" | "fields"> & {
    readonly fresh: boolean;
  },
): Promise<void> {
  if (!fresh) await tx.db.delete(v).where(valuesOfTicket(tx, seq));
  const values = valuesOf(fields);
  if (values.length === 0) return;
  const { workspaceId } = tx;
  await tx.db.insert(v).values(values.map((one) => ({ ...one, seq, createdAt, state, workspaceId })));
}

/** What is found under a field is found by its state too. */
export async function writeFieldState(
  tx: Tx,
  { seq, state }: Pick<TicketRow, "seq" | "state">,
): Promise<void> {
  await tx.db.update(v).set({ state }).where(valuesOfTicket(tx, seq));
}

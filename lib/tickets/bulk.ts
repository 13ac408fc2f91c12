import { z, ZodError } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, type FieldError } from "../kernel/errors.ts";
import { schemaRefusal } from "../kernel/issues.ts";
import { requireFieldsIn } from "./prepared.ts";
import { askedByActions, preparedActions } from "./prepared-actions.ts";
import { applyActions } from "./actions.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { getPreset } from "./presets.ts";
import { type TicketView, ticketView } from "./present.ts";
import { idField } from "./schemas.ts";
import type { TicketChoice } from "./update.ts";

const MOST = 500;
/** Tickets that are changed at once: each in a commit of its own, so that one that fails holds up no other. */
const AT_ONCE = 25;

export const bulkChange = z.object({
  ticket_ids: z.array(idField).min(1).max(MOST).transform((ids) => [...new Set(ids)]).meta({
    example: ["tkt_01kabcdefghjkmnpqrstvwxyz0"],
    description: `At most ${MOST}`,
  }),
  actions: preparedActions,
});
export type BulkChange = z.input<typeof bulkChange>;

/** What became of one ticket of many. */
export interface BulkOutcome {
  readonly ticket_id: string;
  readonly ok: boolean;
  readonly version: number | null;
  readonly problem: {
    readonly code: string;
    readonly status: number;
    readonly detail: string;
    readonly errors: FieldError[];
    /** What would be legal in its place, where that is known. */
    readonly allowed: string[];
  } | null;
}

/** Does the same to many tickets, all or none of it to each; says of every one what became of it. */
export async function changeMany(ctx: Ctx, given: BulkChange): Promise<{ data: BulkOutcome[] }> {
  requireScope(ctx, "tickets:write");
  const { ticket_ids, actions } = bulkChange.parse(given);
  await requireFieldsIn(ctx, askedByActions(actions));
  const data: BulkOutcome[] = [];
  for (let at = 0; at < ticket_ids.length; at += AT_ONCE) {
    ctx.signal?.throwIfAborted();
    const some = ticket_ids.slice(at, at + AT_ONCE);
    data.push(...await Promise.all(some.map((ticketId) => outcomeOf(ctx, { ticketId, actions }))));
  }
  return { data };
}

async function outcomeOf(ctx: Ctx, one: Parameters<typeof applyActions>[1]): Promise<BulkOutcome> {
  try {
    const { version } = await applyActions(ctx, { ...one, prepared: true });
    return { ticket_id: one.ticketId, ok: true, version, problem: null };
  } catch (thrown) {
    const { code, status, message: detail, errors, extra } = refusalOf(thrown);
    const allowed = z.array(z.string()).catch([]).parse(extra["allowed"]);
    return {
      ticket_id: one.ticketId,
      ok: false,
      version: null,
      problem: { code, status, detail, errors: [...errors], allowed },
    };
  }
}

/** What is the ticket's or the action's fault; everything else goes on up. */
function refusalOf(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof ZodError) return schemaRefusal(thrown);
  throw thrown;
}

/** Does to a ticket what a macro says. Throws 404, 409, 412, 422; then none of it is done. */
export async function applyMacro(
  ctx: Ctx,
  { ticketId, macroId, versions }: TicketChoice & { macroId: string },
): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  return await ctx.transact(async (tx) => {
    const { name, actions } = await getPreset(tx, { kind: "macro", id: macroId });
    requireVersion(await loadTicket(tx, ticketId), versions);
    const row = await applyActions(tx, { ticketId, actions, prepared: true });
    await audit(tx, { action: "ticket.macro", subjectId: ticketId, detail: { macro_id: macroId, name } });
    return ticketView(row, tx.now());
  });
}

import { dropBlobs } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { forgetThreadsOf, mailIdsOf } from "../mail-threads/mod.ts";
import { deleteReceiptsOf, emptyReceiptsFrom, selectReceiptsFrom } from "./store.ts";

interface Mailed {
  readonly ticketIds: readonly string[];
  readonly addresses: readonly string[];
}

/** The mails of a person, as far as they are known beside the tickets that they became. */
export async function exportMailsOf(at: Ctx, mailed: Mailed): Promise<Record<string, unknown>> {
  requireScope(at, "contacts:write");
  const rows = await selectReceiptsFrom(at, mailed);
  return {
    mails: rows.map(({ id, state, sender, subject, size, ticketId, createdAt }) => ({
      id,
      state,
      sender,
      subject,
      size,
      ticket_id: ticketId,
      created_at: iso(createdAt),
    })),
    message_ids: await mailIdsOf(at, mailed.ticketIds),
  };
}

/** Takes who wrote and about what out of a person's mails. An answer to an old one is a new matter. */
export async function eraseMailsOf(tx: Tx, mailed: Mailed): Promise<void> {
  requireScope(tx, "contacts:write");
  await dropBlobs(tx, await emptyReceiptsFrom(tx, mailed));
  await forgetThreadsOf(tx, mailed.ticketIds);
}

/** The same for tickets that are deleted: nothing of their mails stays. */
export async function forgetMailsOf(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await dropBlobs(tx, await deleteReceiptsOf(tx, ticketIds));
  await forgetThreadsOf(tx, ticketIds);
}

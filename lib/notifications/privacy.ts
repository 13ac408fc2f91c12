import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import {
  deleteAbout,
  deletePeaceOf,
  deleteToldUnder,
  dropFromChunks,
  emptyDeliveriesTo,
  type Reached,
  selectDeliveriesTo,
  selectPeaceOf,
} from "./store-privacy.ts";

export interface Told extends Reached {
  /** What is about the person: tickets, conversations, messages, visits, calls. */
  readonly subjectIds: readonly string[];
  /** Somebody else's, under which rules told of them. */
  readonly otherTicketIds: readonly string[];
}

/** What a contact was told, by whichever way, and how it wants to be told. */
export async function exportNotificationsOf(at: Ctx, told: Reached): Promise<Record<string, unknown>> {
  requireScope(at, "contacts:write");
  const { wants, quiet } = await selectPeaceOf(at, told.contactId);
  const rows = await selectDeliveriesTo(at, told);
  return {
    notifications: rows.map(({ id, channel, recipient, subject, text, state, createdAt }) => ({
      id,
      channel,
      recipient,
      subject,
      message: text,
      state,
      created_at: iso(createdAt),
    })),
    notification_preferences: wants.map(({ category, channel, enabled }) => ({ category, channel, enabled })),
    quiet_hours: quiet.map(({ timezone, from, to, days }) => ({ timezone, from, to, days })),
  };
}

/**
 * Deletes what was told about a person to whomever, calls of webhooks too, and empties what the person was told: that
 * something was sent, and when, stays. What has not gone yet stays in.
 */
export async function eraseNotificationsOf(tx: Tx, told: Told): Promise<void> {
  requireScope(tx, "contacts:write");
  await deleteAbout(tx, told.subjectIds);
  await deleteToldUnder(tx, { places: told.otherTicketIds, of: told.subjectIds });
  await emptyDeliveriesTo(tx, told);
  await dropFromChunks(tx, told);
  await deletePeaceOf(tx, told);
}

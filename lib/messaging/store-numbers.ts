import { and, eq, sql } from "drizzle-orm";
import { channelAccounts, messages } from "../../db/schema/conversations.ts";
import { blind, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ChannelAccountRow = typeof channelAccounts.$inferSelect;

const p = sql.placeholder;

/** Of all workspaces: a webhook says which number it is about, and that says which workspace. */
export async function selectWhatsAppAccounts(at: Ctx): Promise<ChannelAccountRow[]> {
  return await at.db.select().from(channelAccounts).where(eq(channelAccounts.channel, "whatsapp"));
}

const pauseOf = statement((db) =>
  db.select({ until: channelAccounts.pausedUntil, reason: channelAccounts.pauseReason })
    .from(channelAccounts)
    .where(and(eq(channelAccounts.id, p("id")), eq(channelAccounts.workspaceId, p("workspaceId")))).prepare()
);

/** Until when nothing is sent, and why; null: nothing holds it. */
export async function selectPause(at: Ctx, id: string): Promise<{ until: number; reason: string } | null> {
  const [row] = await pauseOf(at, { id, workspaceId: at.workspaceId });
  if (row === undefined || row.until === null || row.until <= at.now()) return null;
  return { until: row.until, reason: row.reason ?? "paused" };
}

export async function updatePause(
  tx: Tx,
  id: string,
  pause: { until: number; reason: string } | null,
): Promise<void> {
  await blind(
    tx.db.update(channelAccounts)
      .set({ pausedUntil: pause?.until ?? null, pauseReason: pause?.reason ?? null })
      .where(and(eq(channelAccounts.id, id), eq(channelAccounts.workspaceId, tx.workspaceId))),
  );
}

/** When something last came in and last went out, by account. */
export async function selectTraffic(at: Ctx, accountId: string) {
  const last = async (direction: "in" | "out") => {
    const [row] = await at.db.select({ at: messages.createdAt }).from(messages).where(and(
      eq(messages.workspaceId, at.workspaceId),
      eq(messages.channelAccountId, accountId),
      eq(messages.direction, direction),
    )).orderBy(sql`${messages.id} desc`).limit(1);
    return row?.at ?? null;
  };
  return { receivedAt: await last("in"), sentAt: await last("out") };
}

import { and, eq, sql } from "drizzle-orm";
import { mailboxes } from "../../db/schema/mail.ts";
import type { Ctx, Tx } from "../context.ts";

export type MailboxRow = typeof mailboxes.$inferSelect;

export async function selectMailbox(at: Ctx, account: string): Promise<MailboxRow | null> {
  const [row] = await at.db.select().from(mailboxes).where(eq(mailboxes.account, account));
  return row ?? null;
}

export interface Hold {
  readonly account: string;
  readonly holder: string;
  readonly leaseMs: number;
}

/** Takes a mailbox that nobody holds, or goes on holding it. null: another process has it. */
export async function holdRow(tx: Tx, { account, holder, leaseMs }: Hold): Promise<MailboxRow | null> {
  const held = { holder, heldUntil: tx.now() + leaseMs };
  const [row] = await tx.db.insert(mailboxes).values({ account, lastUid: 0, ...held })
    .onConflictDoUpdate({
      target: mailboxes.account,
      set: held,
      setWhere:
        sql`${mailboxes.holder} is null or ${mailboxes.holder} = ${holder} or ${mailboxes.heldUntil} < ${tx.now()}`,
    })
    .returning();
  return row ?? null;
}

export async function writeRefreshToken(
  tx: Tx,
  { account, ...token }: Pick<MailboxRow, "account" | "refreshToken" | "refreshTokenOf">,
): Promise<void> {
  await tx.db.insert(mailboxes).values({ account, lastUid: 0, ...token })
    .onConflictDoUpdate({ target: mailboxes.account, set: token });
}

export type MailboxChange = Partial<
  Pick<MailboxRow, "uidValidity" | "lastUid" | "error" | "lookedAt" | "holder" | "heldUntil">
>;

/** False: another process holds it. */
export async function changeHeld(
  tx: Tx,
  { account, holder }: Pick<Hold, "account" | "holder">,
  change: MailboxChange,
): Promise<boolean> {
  const { rowsAffected } = await tx.db.update(mailboxes).set(change)
    .where(and(eq(mailboxes.account, account), eq(mailboxes.holder, holder)));
  return rowsAffected === 1;
}

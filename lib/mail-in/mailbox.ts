import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, MINUTE } from "../kernel/clock.ts";
import { redactText } from "../kernel/redact.ts";
import { sha256Hex } from "../kernel/text.ts";
import {
  changeHeld,
  type Hold,
  holdRow,
  type MailboxRow,
  selectMailbox,
  writeRefreshToken,
} from "./store-mailbox.ts";

type Account = Ctx["config"]["mailIn"]["mailboxes"][number];

/** The name of a mailbox, without the password (RFC 5092). */
export function mailboxAccount({ user, host, port }: Pick<Account, "user" | "host" | "port">): string {
  return `imap://${encodeURIComponent(user)}@${host}:${port}/INBOX`;
}

/** Of several processes one reads a mailbox. Resolves to how far it was read; null: another one reads it. */
export async function holdMailbox(ctx: Ctx, hold: Hold): Promise<MailboxRow | null> {
  requireScope(ctx, "platform:write");
  return await ctx.transact((tx) => holdRow(tx, hold));
}

/** Lets another process read it at once. */
export async function releaseMailbox(ctx: Ctx, hold: Pick<Hold, "account" | "holder">): Promise<void> {
  requireScope(ctx, "platform:write");
  await ctx.transact((tx) => changeHeld(tx, hold, { holder: null, heldUntil: null }));
}

/** Notes why a look failed; health tells it until one succeeds. The lease is that of the wait before the next one. */
export async function noteMailboxFault(ctx: Ctx, hold: Hold, error: string): Promise<void> {
  requireScope(ctx, "platform:write");
  const now = ctx.now();
  const fault = {
    error: redactText(error).slice(0, 500),
    lookedAt: now,
    heldUntil: now + hold.leaseMs,
  };
  await ctx.transact((tx) => changeHeld(tx, hold, fault));
}

/**
 * The refresh token that a mailbox's provider gave in the place of the setting's: some end theirs when a new one is
 * used. Another setting begins anew.
 */
export function mailboxTokens(ctx: Ctx, mailbox: Account) {
  const account = mailboxAccount(mailbox);
  const setting = mailbox.oauth?.refreshToken ?? "";
  const digest = () => sha256Hex(`${account} ${setting}`);
  return {
    async load(): Promise<string | null> {
      const row = await selectMailbox(ctx, account);
      if (!row?.refreshToken || row.refreshTokenOf !== await digest()) return null;
      return await ctx.ports.secrets.open(row.refreshToken, account);
    },
    async save(refreshToken: string): Promise<void> {
      requireScope(ctx, "platform:write");
      const sealed = await ctx.ports.secrets.seal(refreshToken, account);
      const refreshTokenOf = await digest();
      await ctx.transact((tx) => writeRefreshToken(tx, { account, refreshToken: sealed, refreshTokenOf }));
    },
  };
}

export interface MailboxState {
  readonly state: "up" | "degraded" | "down" | "not_configured";
  readonly detail?: string;
}

/** Without a look for so long nobody reads it. */
const SILENT_MS = 15 * MINUTE;

const WORST_FIRST = ["down", "degraded", "up"] as const;

/** How the mailboxes do: as the worst of them does. */
export async function mailboxState(ctx: Ctx): Promise<MailboxState> {
  const { mailboxes } = ctx.config.mailIn;
  if (mailboxes.length === 0) return { state: "not_configured" };
  const states = await Promise.all(mailboxes.map((mailbox) => stateOf(ctx, mailboxAccount(mailbox))));
  const state = WORST_FIRST.find((one) => states.some((each) => each.state === one)) ?? "up";
  return { state, detail: states.map(({ detail }) => detail).join("; ") };
}

/** By what its reader noted, in this process or another. */
async function stateOf(ctx: Ctx, account: string): Promise<MailboxState> {
  const row = await selectMailbox(ctx, account);
  if (row === null || row.lookedAt === null) return { state: "degraded", detail: `${account}: not read yet` };
  const last = `${account}: last look at ${iso(row.lookedAt)}`;
  if (row.error !== null) return { state: "down", detail: `${last}: ${row.error}` };
  return ctx.now() - row.lookedAt > SILENT_MS
    ? { state: "down", detail: `${last}, none since` }
    : { state: "up", detail: last };
}

import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import type { OpenMailbox } from "../ports/mailbox.ts";
import { leaveMail } from "./refuse.ts";
import { changeHeld, type Hold, type MailboxChange, type MailboxRow } from "./store-mailbox.ts";
import { takeMail } from "./take.ts";

/** A mail that fails so often by itself is left where it lies, for the sake of those behind it. */
const MOST_TRIES = 5;

export interface Collecting {
  readonly box: OpenMailbox;
  /** How far it was read before. */
  readonly row: MailboxRow;
  readonly hold: Hold;
  /** How often each mail failed by itself; kept by the caller between looks. */
  readonly tries: Map<string, number>;
}

/**
 * Takes the mails that are new: after the last one that was read, or, in a mailbox that was never read or that counts
 * anew, those that nobody has seen. Each is on disk before it is marked as seen, and marked before the cursor passes
 * it, so that a crash repeats one (it is told by its digest) and loses none. What throws leaves it and those behind it
 * for the next look. Resolves to false when another process reads the mailbox.
 */
export async function collectMails(ctx: Ctx, collecting: Collecting): Promise<boolean> {
  requireScope(ctx, "platform:write");
  const { box, row, hold } = collecting;
  const { uidValidity } = box;
  const fresh = row.uidValidity !== uidValidity;
  const uids = fresh ? await box.unseen() : await box.after(row.lastUid);
  for (const uid of uids) {
    await collectOne(ctx, collecting, uid);
    // Those that were seen before lie between them: only the end of the first look is a place to go on from.
    if (!await note(ctx, hold, fresh ? {} : { lastUid: uid })) return false;
  }
  const lastUid = fresh ? box.newest : uids.at(-1) ?? row.lastUid;
  return await note(ctx, hold, { uidValidity, lastUid });
}

/** A step is done: a long look is no silent one. */
async function note(ctx: Ctx, hold: Hold, change: MailboxChange): Promise<boolean> {
  const now = ctx.now();
  const done = { error: null, lookedAt: now, heldUntil: now + hold.leaseMs };
  return await ctx.transact((tx) => changeHeld(tx, hold, { ...change, ...done }));
}

async function collectOne(ctx: Ctx, { box, hold, tries }: Collecting, uid: number): Promise<void> {
  const key = `${hold.account};UIDVALIDITY=${box.uidValidity}/;UID=${uid}`;
  const failed = tries.get(key) ?? 0;
  if (failed >= MOST_TRIES) {
    await leaveMail(ctx, { key, size: 0, head: null });
    await box.mark(uid, ["\\Flagged"]);
    tries.delete(key);
    return ctx.ports.log.log("error", "A mail can't be read and stays in the mailbox, flagged", { key });
  }
  let fetched = false;
  try {
    const mail = await box.fetch(uid);
    fetched = true;
    if (mail === null) return;
    if (mail.whole) await takeMail(ctx, { raw: mail.bytes, format: "mime" });
    else await leaveMail(ctx, { key, size: mail.size, head: mail.bytes });
    if (!await box.mark(uid, mail.whole ? ["\\Seen"] : ["\\Seen", "\\Flagged"])) {
      ctx.ports.log.log("warn", "The mailbox keeps no flags: mails that were read look new", { key });
    }
    tries.delete(key);
  } catch (thrown) {
    // Once it is here, our store and the rest of us fail for every mail alike: it waits until they don't.
    if (!fetched || !(thrown instanceof AppError)) tries.set(key, failed + 1);
    ctx.ports.log.log("warn", "A mail could not be taken yet", { key, error: messageOf(thrown) });
    throw thrown;
  }
}

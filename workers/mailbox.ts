import type { Ctx } from "../lib/context.ts";
import { MINUTE, SECOND } from "../lib/kernel/clock.ts";
import { AppError, messageOf } from "../lib/kernel/errors.ts";
import { type Backoff, backoffMs, sleep } from "../lib/kernel/retry.ts";
import { collectMails, holdMailbox, noteMailboxFault, releaseMailbox } from "../lib/mail-in/mod.ts";
import type { Mailbox } from "../lib/ports/mailbox.ts";

export interface MailboxReaderOptions {
  readonly context: Ctx;
  readonly mailbox: Mailbox;
  readonly account: string;
  /** Who reads, among processes over one database. */
  readonly holder: string;
  /** Between looks when the server tells of nothing. */
  readonly pollMs?: number;
  readonly backoff?: Backoff;
  /** After what only a person can mend: servers lock accounts that try again and again. */
  readonly refusedMs?: number;
}

/** Reads a mailbox for as long as this process lives: at once when its server tells of mail, else by looking. */
export function createMailboxReader(options: MailboxReaderOptions) {
  const { context, mailbox, account, holder } = options;
  const { pollMs = MINUTE, backoff = { baseMs: SECOND, maxMs: 5 * MINUTE }, refusedMs = 10 * MINUTE } =
    options;
  const ctx = context.as({});
  const stopping = new AbortController();
  const { signal } = stopping;
  const tries = new Map<string, number>();
  /** It is written anew at each look and with each mail. Two who read at once do no harm: a mail is taken once. */
  const hold = { account, holder, leaseMs: pollMs + MINUTE };
  let failures = 0;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await readWhileHeld();
        await sleep(pollMs, signal);
      } catch (thrown) {
        if (!signal.aborted) await recover(thrown).catch(() => {});
      }
    }
    await releaseMailbox(ctx, hold).catch(() => {});
  }

  /** Returns when another process reads the mailbox. */
  async function readWhileHeld(): Promise<void> {
    if (await holdMailbox(ctx, hold) === null) return;
    const box = await mailbox.open(signal);
    try {
      for (;;) {
        const row = await holdMailbox(ctx, hold);
        if (row === null || !await collectMails(ctx, { box, row, hold, tries })) return;
        failures = 0;
        await box.wait(pollMs);
        signal.throwIfAborted();
      }
    } finally {
      box.close();
    }
  }

  async function recover(thrown: unknown): Promise<void> {
    failures++;
    const refused = thrown instanceof AppError && thrown.code === "upstream_rejected";
    const retryMs = refused ? refusedMs : backoffMs(backoff, failures);
    const error = messageOf(thrown);
    ctx.ports.log.log("warn", "The mailbox could not be read", {
      account,
      error,
      failures,
      retry_ms: retryMs,
    });
    // Nobody else tries meanwhile. The store may be what failed.
    await noteMailboxFault(ctx, { ...hold, leaseMs: hold.leaseMs + retryMs }, error).catch(() => {});
    await sleep(retryMs, signal);
  }

  return {
    start(): void {
      running = run();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}

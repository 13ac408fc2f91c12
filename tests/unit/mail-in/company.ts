import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { createImapMailbox } from "../../../lib/adapters/mailbox/imap.ts";
import { listMails, mailboxAccount } from "../../../lib/mail-in/mod.ts";
import type { MailboxReaderOptions } from "../../../workers/mailbox.ts";
import { createMailboxReader } from "../../../workers/mailbox.ts";
import { type FakeImap, type FakeImapOptions, startFakeImap } from "../../support/fakes/imap.ts";
import { type Letters, openLetters, tickets } from "./letters.ts";

/** A mail over it is too large. */
export const MAX_BYTES = 20_000;

const BACKOFF = { baseMs: 20, maxMs: 100 };

/** A company whose mail lies on an IMAP server. */
export async function openCompany({ pass, ...options }: FakeImapOptions & { pass?: string } = {}) {
  const imap = await startFakeImap(options);
  const l = await openLetters({
    IMAP_HOST: "127.0.0.1",
    IMAP_PORT: String(imap.port),
    IMAP_USER: imap.user,
    IMAP_PASS: pass ?? imap.pass,
  });
  return {
    imap,
    l,
    read: (more: Partial<MailboxReaderOptions> = {}) => startReader(l, more),
    async [Symbol.asyncDispose]() {
      await l[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
    },
  };
}

/** A reader of one of the mailboxes of the settings. */
export function startReader({ h }: Letters, more: Partial<MailboxReaderOptions> = {}, at = 0) {
  const imap = h.config.mailIn.mailboxes[at];
  assert.ok(imap !== undefined);
  const reader = createMailboxReader({
    context: h.system,
    mailbox: createImapMailbox({ ...imap, maxBytes: MAX_BYTES }),
    account: mailboxAccount(imap),
    holder: "owner",
    backoff: BACKOFF,
    ...more,
  });
  reader.start();
  return { stop: () => reader.stop(), [Symbol.asyncDispose]: () => reader.stop() };
}

/** Resolves once these are marked on the server. */
export const seen = (imap: FakeImap, ...uids: number[]) =>
  eventually(`${uids} are seen`, () => uids.every((uid) => imap.flagsOf(uid).includes("\\Seen")));

/** Of the tickets, once all has been done. */
export const subjects = async (l: Letters) => {
  await l.settle();
  return (await tickets(l)).map(({ subject }) => subject).toSorted();
};

/** What was taken in. */
export const received = async (l: Letters) => (await listMails(l.ctx, { limit: 50 })).data;

/** What health says of the mailboxes. */
export async function mailboxOf(l: Letters): Promise<{ state: string; detail?: string }> {
  const admin = await l.h.person({ platformAdmin: true });
  const { body } = await l.h.request("GET", "/api/health/complete", { token: admin.token });
  return body.services.find(({ name }: { name: string }) => name === "mailbox");
}

/** What the reader wrote last. */
export const looked = (l: Letters) =>
  eventually("it has looked", async () => (await mailboxOf(l)).detail?.includes("last look") ?? false);

import type { ImapFlow } from "imapflow";
import { isLoopbackHost } from "../../kernel/address.ts";
import { SECOND } from "../../kernel/clock.ts";
import type { Mailbox, MailboxMail, OpenMailbox } from "../../ports/mailbox.ts";
import { type AccessTokens, createAccessTokens, type OauthAccount } from "./access-tokens.ts";
import { translate, unanswered } from "./failures.ts";

export interface ImapOptions {
  readonly host: string;
  /** 993: TLS from the start; else STARTTLS, demanded unless the server is this machine. */
  readonly port: number;
  readonly user: string;
  /** null: there are access tokens. */
  readonly pass: string | null;
  /** In the place of a password (XOAUTH2, OAUTHBEARER). */
  readonly tokens?: AccessTokens;
  /** A larger mail is not fetched. */
  readonly maxBytes: number;
  /** For the connection and for its greeting, and half of what each answer may take; default 30,000. */
  readonly timeoutMs?: number;
}

/** Of the head of a mail that is too large. */
const HEAD_BYTES = 64 * 1024;
/** What a server may make us hold at once beside a mail: the numbers of a million mails fit. */
const LINE_BYTES = 16 * 1024 * 1024;

/** The INBOX of an account. imapflow is loaded with the first connection. */
export function createImapMailbox(options: ImapOptions): Mailbox {
  return {
    async open(signal) {
      const client = await createClient(options, await authOf(options, signal));
      const close = () => {
        signal.removeEventListener("abort", close);
        client.close();
      };
      signal.addEventListener("abort", close);
      try {
        signal.throwIfAborted();
        await client.connect();
        return await openInbox(client, { maxBytes: options.maxBytes, close });
      } catch (thrown) {
        close();
        const failure = translate(thrown);
        if (failure.code === "upstream_rejected") options.tokens?.forget();
        throw failure;
      }
    },
  };
}

/** An account as the settings have it: with a password, or with access tokens. */
export function openImap(
  { oauth, ...account }: Pick<ImapOptions, "host" | "port" | "user" | "pass"> & {
    readonly oauth: OauthAccount | null;
  },
  { maxBytes, ...around }: { readonly maxBytes: number } & Parameters<typeof createAccessTokens>[1],
): Mailbox {
  const tokens = oauth === null ? {} : { tokens: createAccessTokens(oauth, around) };
  return createImapMailbox({ ...account, ...tokens, maxBytes });
}

async function authOf(
  { user, pass, tokens }: ImapOptions,
  signal: AbortSignal,
): Promise<{ user: string; pass: string } | { user: string; accessToken: string }> {
  return tokens === undefined ? { user, pass: pass ?? "" } : { user, accessToken: await tokens.get(signal) };
}

async function createClient(
  { host, port, maxBytes, timeoutMs = 30 * SECOND }: ImapOptions,
  auth: Awaited<ReturnType<typeof authOf>>,
): Promise<ImapFlow> {
  const { ImapFlow } = await import("imapflow");
  const local = isLoopbackHost(host);
  const secure = port === 993;
  const client = new ImapFlow({
    host,
    port,
    secure,
    auth,
    // What never leaves the machine may be plain, and then a certificate that nobody signed is no worse.
    ...(secure || local ? {} : { doSTARTTLS: true }),
    ...(local ? { tls: { rejectUnauthorized: false } } : {}),
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: 2 * timeoutMs,
    maxLineLength: LINE_BYTES,
    maxLiteralSize: maxBytes + HEAD_BYTES,
    maxResponseSize: maxBytes + LINE_BYTES,
  });
  // What fails rejects whoever waits for it too; without a listener it would end the process.
  client.on("error", () => {});
  return client;
}

interface Opening {
  readonly maxBytes: number;
  readonly close: () => void;
}

async function openInbox(client: ImapFlow, { maxBytes, close }: Opening): Promise<OpenMailbox> {
  let news = false;
  let wake = () => {};
  client.on("exists", () => {
    news = true;
    wake();
  });
  client.on("close", () => wake());

  const search = async (query: { seen: false } | { uid: string }) => {
    const found = await client.search(query, { uid: true });
    if (found === false || found === undefined) throw unanswered("SEARCH");
    return found.toSorted((a, b) => a - b);
  };
  const { uidValidity, uidNext } = await client.mailboxOpen("INBOX");
  return {
    uidValidity: Number(uidValidity),
    // Servers may leave out what comes next.
    newest: uidNext > 0 ? uidNext - 1 : (await search({ uid: "1:*" })).at(-1) ?? 0,
    unseen() {
      news = false;
      return told(search({ seen: false }));
    },
    async after(uid) {
      news = false;
      // `*` is the last mail, even where its number is lower.
      return (await told(search({ uid: `${uid + 1}:*` }))).filter((one) => one > uid);
    },
    async fetch(uid) {
      const mail = await told(fetchMail(client, { uid: String(uid), maxBytes }));
      // An answer without it is no proof that it is gone, and what is gone is passed over.
      if (mail === null && (await told(search({ uid: String(uid) }))).includes(uid)) {
        throw unanswered("FETCH");
      }
      return mail;
    },
    async mark(uid, flags) {
      const marked = await told(client.messageFlagsAdd(String(uid), [...flags], { uid: true }));
      if (!marked && !client.usable) throw unanswered("STORE");
      return marked;
    },
    async wait(ms) {
      if (news || !client.usable) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, ms);
      });
      // The next command ends it. What breaks meanwhile is met by that one.
      void client.idle().catch(() => {});
      await woken;
      clearTimeout(timer);
    },
    close,
  };
}

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    throw translate(thrown);
  }
}

async function fetchMail(
  client: ImapFlow,
  { uid, maxBytes }: { uid: string; maxBytes: number },
): Promise<MailboxMail | null> {
  const about = await client.fetchOne(uid, { size: true }, { uid: true });
  if (about === false) return null;
  const part = async (maxLength: number) => {
    const found = await client.fetchOne(uid, { source: { maxLength } }, { uid: true });
    if (found !== false && found.source === undefined) throw unanswered("FETCH");
    return found === false || found.source === undefined ? null : new Uint8Array(found.source);
  };
  const size = about.size ?? 0;
  const bytes = await part(size > maxBytes ? HEAD_BYTES : maxBytes + 1);
  if (bytes === null) return null;
  // A server may tell a size that is not the mail's.
  const whole = size <= maxBytes && bytes.byteLength <= maxBytes;
  return whole
    ? { size: bytes.byteLength, whole, bytes }
    : { size: Math.max(size, bytes.byteLength), whole, bytes: bytes.slice(0, HEAD_BYTES) };
}

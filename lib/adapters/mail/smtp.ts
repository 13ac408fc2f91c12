import { Buffer } from "node:buffer";
import { isLoopbackHost } from "../../kernel/address.ts";
import { AppError, messageOf } from "../../kernel/errors.ts";
import { type EnclosedFile, mailDomain, type Mailer, senderAddress } from "../../ports/mail.ts";
import { checkMail } from "./check.ts";

export interface SmtpOptions {
  readonly host: string;
  /** 465: TLS from the start; else STARTTLS, demanded when there is a password and the server is not this machine. */
  readonly port: number;
  readonly user: string | null;
  readonly pass: string | null;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** For each step of the dialogue; default 15,000. */
  readonly timeoutMs?: number;
}

/** One connection a mail. nodemailer is loaded with the first one. */
export function createSmtpMailer(options: SmtpOptions): Mailer {
  const { host, port, user, pass, from, timeoutMs = 15_000 } = options;
  const domain = mailDomain(from);
  const local = isLoopbackHost(host);

  return {
    configured: true,
    async send(mail) {
      checkMail(mail);
      const { createTransport } = await import("nodemailer");
      let begun = false;
      const transport = createTransport({
        host,
        port,
        secure: port === 465,
        requireTLS: user !== null && !local,
        ...(user === null ? {} : { auth: { user, pass: pass ?? "" } }),
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        // The dialogue's lines (never the mail): 354 means that the mail itself is on its way.
        transactionLog: true,
        logger: dialogue((line) => begun ||= line.startsWith("354")),
      });
      try {
        await transport.sendMail({
          from: mail.fromName === undefined && mail.from === undefined
            ? from
            : { name: oneLine(mail.fromName ?? ""), address: mail.from ?? senderAddress(from) },
          to: { name: "", address: mail.to },
          subject: mail.subject,
          text: mail.text,
          ...(mail.html === undefined ? {} : { html: mail.html }),
          messageId: `<${mail.id}@${domain}>`,
          ...(mail.replyTo === undefined ? {} : { replyTo: { name: "", address: mail.replyTo } }),
          ...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo }),
          ...(mail.references === undefined ? {} : { references: [...mail.references] }),
          ...(mail.files === undefined ? {} : { attachments: mail.files.map(attached) }),
          headers: mail.byPerson
            ? {}
            : { "Auto-Submitted": mail.inReplyTo === undefined ? "auto-generated" : "auto-replied" },
        });
      } catch (error) {
        throw translate(error, begun);
      } finally {
        transport.close();
      }
    },
  };
}

function attached({ name, contentType, bytes }: EnclosedFile) {
  return {
    filename: name,
    contentType,
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

type LogLine = (entry: { readonly tnx?: unknown } | null, line?: unknown) => void;

/** A logger for nodemailer that hears the server's lines and keeps none. */
function dialogue(heard: (line: string) => void) {
  const listen: LogLine = (entry, line) => {
    if (entry?.tnx === "server" && typeof line === "string") heard(line);
  };
  return {
    level: () => {},
    trace: listen,
    debug: listen,
    info: listen,
    warn: listen,
    error: listen,
    fatal: listen,
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

const ABOUT_THE_MAIL: ReadonlySet<string> = new Set(["RCPT TO", "DATA"]);

/**
 * RFC 5321, 4.2.1: 4yz may pass later, 5yz never will; no answer at all may pass later too. `begun`: the mail itself
 * was on its way, so without an answer nobody knows whether it arrived.
 */
function translate(error: unknown, begun: boolean): AppError {
  const status = Number(error instanceof Error ? Reflect.get(error, "responseCode") : NaN);
  const code = String(error instanceof Error ? Reflect.get(error, "code") : "");
  const reply = Number.isNaN(status) ? code || messageOf(error) : String(status);
  const doubt = begun && Number.isNaN(status) ? { extra: { outcome: "unknown" } } : {};
  if (code === "ETIMEDOUT") {
    return new AppError("upstream_timeout", "The mail server did not answer in time", {
      cause: error,
      ...doubt,
    });
  }
  // A wrong password is ours to mend, and the mail should go out once it is.
  if (code === "EAUTH") {
    return new AppError("upstream_failed", `The mail server refused the sign-in (${reply})`, {
      cause: error,
    });
  }
  // What greets us with a 5yz, or refuses our own address, says nothing of this mail to this recipient.
  if (
    status >= 500 && ABOUT_THE_MAIL.has(String(error instanceof Error ? Reflect.get(error, "command") : ""))
  ) {
    return new AppError("upstream_rejected", `The mail server refused the mail (${reply})`, { cause: error });
  }
  return new AppError("upstream_failed", `The mail could not be sent (${reply})`, { cause: error, ...doubt });
}

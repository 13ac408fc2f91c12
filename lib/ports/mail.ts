import { AppError } from "../kernel/errors.ts";

/** A file in a mail. */
export interface EnclosedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Same id, same mail: goes into Message-ID so that a second delivery can be told. */
  readonly id: string;
  /** Message-IDs with their angle brackets (RFC 5322, 3.6.4). */
  readonly inReplyTo?: string | undefined;
  readonly references?: readonly string[] | undefined;
  /** Where answers go; default: to the sender. */
  readonly replyTo?: string | undefined;
  /** The sender's address, where it is not the installation's. */
  readonly from?: string | undefined;
  /** The name before the sender's address. */
  readonly fromName?: string | undefined;
  /** A person wrote it: it is not marked as a machine's, which others don't answer. */
  readonly byPerson?: boolean | undefined;
  readonly files?: readonly EnclosedFile[] | undefined;
}

export interface Mailer {
  /** False: no SMTP settings; `send` throws `not_configured`. */
  readonly configured: boolean;
  /**
   * Throws AppError `upstream_failed` (retryable) or `upstream_rejected`. One for which `isOutcomeUnknown` holds
   * came after the mail was on its way: it may have arrived.
   */
  send(mail: Mail): Promise<void>;
}

/** Whether a mail may have arrived although its send failed. */
export function isOutcomeUnknown(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.extra["outcome"] === "unknown";
}

/** The address in `Name <address>`, or the whole. */
export function senderAddress(from: string): string {
  return (/<([^<>]+)>\s*$/.exec(from)?.[1] ?? from).trim();
}

/** What stands behind the @, for Message-IDs. */
export function mailDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
}

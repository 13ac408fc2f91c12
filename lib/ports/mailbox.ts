/** A mail as it lies in a mailbox. */
export interface MailboxMail {
  /** As the server tells it. */
  readonly size: number;
  /** False: it is larger than this mailbox gives out, and these are its first 64 KiB. */
  readonly whole: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** IMAP's own names (RFC 9051, 2.3.2). */
export type MailFlag = "\\Seen" | "\\Flagged";

/**
 * The inbox of an account over one connection. Everything throws AppError: `upstream_rejected` for what a person must
 * mend (the password, TLS), else `upstream_failed` or `upstream_timeout`.
 */
export interface OpenMailbox {
  /** While it stays the same, so do the numbers of mails. */
  readonly uidValidity: number;
  /** The highest number that was given out when it was opened. */
  readonly newest: number;
  /** Numbers of mails that nobody has read, ascending. */
  unseen(): Promise<number[]>;
  /** Numbers of mails after this one, ascending. */
  after(uid: number): Promise<number[]>;
  /** Without marking it as read. null: it is gone. */
  fetch(uid: number): Promise<MailboxMail | null>;
  /** False: the server keeps no such flags. */
  mark(uid: number, flags: readonly MailFlag[]): Promise<boolean>;
  /** Resolves when mail may have come since the last `unseen` or `after`, and after `ms` at the latest. */
  wait(ms: number): Promise<void>;
  close(): void;
}

export interface Mailbox {
  /** The signal ends the connection at once, whatever it is at. */
  open(signal: AbortSignal): Promise<OpenMailbox>;
}

export interface MailAddress {
  readonly name: string;
  /** In lower case; empty: none (`<>`). */
  readonly address: string;
}

export interface MailFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Recipients as servers on the way write them. */
export const DELIVERED_HEADERS = ["delivered-to", "x-original-to", "x-envelope-to", "envelope-to"] as const;

/** A mail that came in, read. */
export interface ParsedMail {
  readonly from: MailAddress;
  /** Where answers are asked for; null: at the sender's. */
  readonly replyTo: MailAddress | null;
  /** To, Cc and what the servers on the way called the recipient. */
  readonly recipients: readonly string[];
  /** Those of them that servers on the way wrote: whom this copy of the mail is for. */
  readonly delivered: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** With angle brackets; null: it has none. */
  readonly messageId: string | null;
  /** In-Reply-To and References, the latest last. */
  readonly references: readonly string[];
  /** The first of each name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly files: readonly MailFile[];
}

/** Reads a mail (RFC 5322, MIME). Throws AppError `bad_request` for what is none. */
export interface MailParser {
  parse(raw: Uint8Array<ArrayBuffer>): Promise<ParsedMail>;
}

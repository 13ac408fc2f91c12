export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Same id, same mail: goes into Message-ID so that a second delivery can be told. */
  readonly id: string;
}

export interface Mailer {
  /** False: no SMTP settings; `send` throws `not_configured`. */
  readonly configured: boolean;
  /** Throws AppError `upstream_failed` (retryable) or `upstream_rejected`. */
  send(mail: Mail): Promise<void>;
}

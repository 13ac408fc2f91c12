/** Limits of one call to an address that a user gave. */
export interface GuardedFetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Whole time, milliseconds; default 10,000. */
  readonly timeoutMs?: number;
  /** Default 1 MiB. */
  readonly maxBytes?: number;
  /** A longer answer is cut there, in place of failing: its status is what counts. */
  readonly cut?: boolean;
  /** Default 3; each hop is checked as the first address was. */
  readonly maxRedirects?: number;
  readonly signal?: AbortSignal;
}

/**
 * The only way to call an address that a user gave: public addresses only, checked again when connecting.
 * Throws AppError `validation_failed` for a forbidden address, `upstream_timeout`, `upstream_failed`,
 * `payload_too_large`.
 */
export interface GuardedFetch {
  (url: string, options?: GuardedFetchOptions): Promise<GuardedResponse>;
  /**
   * Resolves when the address may be called; else throws `validation_failed`, also for a name that has no address. For
   * checks when it is saved.
   */
  check(url: string): Promise<void>;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

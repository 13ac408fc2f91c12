/** Paths that a service calls to have work done here, below PUBLIC_URL. */
export const CALLBACK_PATHS = {
  /** Run the job that the body names. */
  job: "/api/jobs/callback",
  /** A message was given up. */
  failure: "/api/jobs/failure",
  /** Look for what is due. */
  sweep: "/api/jobs/sweep",
} as const;

export type CallbackPath = typeof CALLBACK_PATHS[keyof typeof CALLBACK_PATHS];

export interface Callback {
  readonly path: CallbackPath;
  /** The signature's header as it came; null: none. */
  readonly signature: string | null;
  /** As it came, byte for byte. */
  readonly body: string;
}

/** Proves that a callback is the service's own: keys, address, body and clock. */
export interface CallbackVerifier {
  /** Throws AppError `bad_signature` with what did not match. */
  verify(callback: Callback): Promise<void>;
}

/**
 * The error catalogue: one row a code says the HTTP status, the title and whether a caller may try again.
 * Wire form: RFC 9457 (application/problem+json), made in routes/problem.ts.
 */
interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

export const ERRORS = {
  bad_request: { status: 400, title: "The request can't be read", retryable: false },
  unauthorized: { status: 401, title: "Sign in first", retryable: false },
  invalid_credentials: { status: 401, title: "Wrong user or password", retryable: false },
  token_expired: { status: 401, title: "The token has expired", retryable: false },
  token_reused: { status: 401, title: "The refresh token was used before", retryable: false },
  bad_signature: { status: 401, title: "The signature does not match", retryable: false },
  forbidden: { status: 403, title: "Not allowed", retryable: false },
  account_disabled: { status: 403, title: "The account is disabled", retryable: false },
  not_found: { status: 404, title: "Not found", retryable: false },
  route_not_found: { status: 404, title: "No such route", retryable: false },
  method_not_allowed: { status: 405, title: "The route has no such method", retryable: false },
  request_timeout: { status: 408, title: "The request took too long to arrive", retryable: true },
  conflict: { status: 409, title: "In conflict with the present state", retryable: false },
  idempotency_conflict: {
    status: 409,
    title: "The idempotency key was used for another request",
    retryable: false,
  },
  idempotency_in_progress: {
    status: 409,
    title: "The first request with this key is still running",
    retryable: true,
  },
  gone: { status: 410, title: "No longer here", retryable: false },
  precondition_failed: { status: 412, title: "It has changed since you read it", retryable: false },
  payload_too_large: { status: 413, title: "Too large", retryable: false },
  unsupported_media_type: { status: 415, title: "This media type is not understood", retryable: false },
  validation_failed: { status: 422, title: "Some fields are not valid", retryable: false },
  quota_exceeded: { status: 429, title: "The quota is spent", retryable: true },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  /** QStash's own status: with its header it never tries again. */
  not_repeatable: { status: 489, title: "No callback for this job can do anything", retryable: false },
  internal: { status: 500, title: "Something went wrong on our side", retryable: true },
  not_configured: { status: 503, title: "This feature is not configured", retryable: false },
  not_at_the_edge: { status: 503, title: "Not offered by an edge runtime", retryable: false },
  upstream_failed: { status: 502, title: "A service that we depend on failed", retryable: true },
  upstream_rejected: {
    status: 502,
    title: "A service that we depend on refused the request",
    retryable: false,
  },
  busy: { status: 503, title: "Busy, try again soon", retryable: true },
  storage_full: { status: 503, title: "The storage is full", retryable: true },
  storage_failed: { status: 503, title: "The storage can't be read or written", retryable: true },
  shutting_down: { status: 503, title: "The server is shutting down", retryable: true },
  upstream_timeout: {
    status: 504,
    title: "A service that we depend on did not answer in time",
    retryable: true,
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** One invalid input field. `path` is dotted, with array indexes as numbers: `items.0.name`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly errors?: readonly FieldError[];
  /** When a new attempt makes sense, in milliseconds from now; sent as Retry-After in seconds. */
  readonly retryAfterMs?: number;
  /** Overrides the catalogue, for example for a vendor's 4xx that will pass later. */
  readonly retryable?: boolean;
  /** Extra members of the problem document, such as `allowed` transitions of a conflict. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error that crosses layers. `detail` is shown to the caller: never put a secret in it. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly errors: readonly FieldError[];
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(readonly code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.retryable = options.retryable ?? ERRORS[code].retryable;
    this.extra = options.extra ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** 404, also for a row of another workspace. */
export function notFound(what: string, id: string): AppError {
  return new AppError("not_found", `There is no ${what} with the id "${id}" in this workspace`);
}

/** 422 for one field. */
export function invalid(path: string, message: string): AppError {
  return new AppError("validation_failed", `${path}: ${message}`, { errors: [{ path, message }] });
}

/** 422 for several fields, at least one: whoever reads the detail alone reads what is wrong with each. */
export function invalidFields(errors: readonly FieldError[]): AppError {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new AppError("validation_failed", detail, { errors });
}

/** What an input names and is not there is the input's fault: 422 with the path, also for another workspace's. */
export function there<T>(path: string, found: T | null): T {
  if (found === null) throw invalid(path, "there is no such thing in this workspace");
  return found;
}

/** What refuses one value, under the path at which the caller gave it. */
export function underPath(path: string, thrown: unknown): unknown {
  const [first] = thrown instanceof AppError && thrown.code === "validation_failed" ? thrown.errors : [];
  return first === undefined ? thrown : invalid(path, first.message);
}

/** 503 for a feature whose settings are absent; `settings` are their names. */
export function notConfigured(feature: string, settings: readonly string[]): AppError {
  return new AppError("not_configured", `${feature} is not configured: set ${settings.join(", ")}`);
}

/** 503 for what an edge runtime can't do; `instead` says what to use. */
export function notAtTheEdge(feature: string, instead: string): AppError {
  return new AppError("not_at_the_edge", `${feature} is not offered at the edge: ${instead}`);
}

const STORE_FAULTS: ReadonlySet<ErrorCode> = new Set(["busy", "storage_full", "storage_failed"]);

/** Our own store refuses for a while: no fault of the work, of a model or of whoever asked. */
export function isStoreFault(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && STORE_FAULTS.has(thrown.code);
}

/** The message of anything thrown, for logs and dead letters. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Walks `cause` to the first error that carries a string `code` matching the test. */
export function causeCode(thrown: unknown, test: (code: string) => boolean): string | undefined {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const code: unknown = Reflect.get(at, "code");
    if (typeof code === "string" && test(code)) return code;
  }
  return undefined;
}

/** True when a write hit a unique index or primary key, on a file and on a remote database alike. */
export function isUniqueViolation(thrown: unknown): boolean {
  if (causeCode(thrown, (code) => code.startsWith("SQLITE_CONSTRAINT")) === undefined) return false;
  for (let at = thrown, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (/UNIQUE constraint failed|PRIMARY KEY/i.test(at.message)) return true;
  }
  return causeCode(thrown, (code) => /_(UNIQUE|PRIMARYKEY)$/.test(code)) !== undefined;
}

/** Runs a write; when a unique index refuses it, throws 409 with what is taken. */
export async function unlessTaken(write: () => Promise<void>, detail: string): Promise<void> {
  try {
    await write();
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown;
    throw new AppError("conflict", detail, { cause: thrown });
  }
}

/** What is read, or null where it is not there any more. */
export async function nullIfGone<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not_found") return null;
    throw thrown;
  }
}

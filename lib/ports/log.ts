export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log lines, one JSON object each, buffered. Values are redacted by the adapter. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The wide event of one request; the hot path, already free of secrets. */
  request(event: RequestEvent): void;
  flush(): Promise<void>;
}

export interface RequestEvent {
  readonly request_id: string;
  readonly method: string;
  /** The route's pattern, such as `/api/conversations/{id}`. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly actor: string;
  readonly workspace: string | null;
  readonly code?: string;
}

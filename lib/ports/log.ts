export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log lines, one JSON object each, buffered. Values are redacted by the adapter. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The wide event of one request; the hot path, already free of secrets. */
  request(event: RequestEvent): void;
  /** The wide event of one run of a job; as hot, and free of secrets but for `error`, which is redacted. */
  run(event: RunEvent): void;
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

export interface RunEvent {
  readonly job_id: string;
  readonly job: string;
  readonly lane: string;
  readonly attempt: number;
  readonly workspace: string | null;
  readonly worker: string;
  readonly outcome: "done" | "retry" | "dead" | "lost";
  /** From when it was due until it began. */
  readonly wait_ms: number;
  readonly ms: number;
  readonly error?: string;
  /** Of a retry: when, and whether it counts as an attempt. */
  readonly delay_ms?: number;
  readonly burnt?: boolean;
}

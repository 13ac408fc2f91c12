/** A committed row of the event log, as streams carry it. */
export interface LiveEvent {
  /** Position in the log; the SSE event id. */
  readonly seq: number;
  readonly workspaceId: string;
  readonly type: string;
  /** The conversation that it belongs to, if any. */
  readonly conversationId: string | null;
  readonly subjectId: string;
  readonly data: Record<string, unknown>;
  /** UTC milliseconds. */
  readonly at: number;
}

/** An event as it is told at its commit: its place in the log is read from the log. */
export type LivePulse = Omit<LiveEvent, "seq">;

/** Tells live streams of this process that the log grew. A pulse may be lost; streams then read by cursor. */
export interface LiveBus {
  /** `null` means: something was committed elsewhere, look at the log. */
  pulse(event: LivePulse | null): void;
  /** The listener is called synchronously and must not throw. Returns the unsubscriber. */
  subscribe(workspaceId: string, listener: (event: LivePulse | null) => void): () => void;
  /** Rings at each pulse, of whatever workspace. The listener must not throw. Returns the unsubscriber. */
  onPulse(listener: () => void): () => void;
  readonly subscribers: number;
}

import { z } from "zod";
import type { ClaimedJob } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";

export const modelJob = defineJob({ name: "model.job", schema: z.object({}), lane: "default", attempts: 3 });

/** What the engine of tests/support/model-program.ts can be told. */
export type Command =
  | { readonly do: "submit"; readonly delay: number; readonly priority: number }
  | { readonly do: "claim"; readonly worker: string; readonly limit: number }
  | { readonly do: "beat"; readonly worker: string; readonly runs: readonly ClaimedJob[] }
  | { readonly do: "ack"; readonly runs: readonly ClaimedJob[] }
  | { readonly do: "fail"; readonly run: ClaimedJob; readonly delay: number; readonly burnt: boolean }
  | { readonly do: "bury"; readonly run: ClaimedJob }
  | { readonly do: "cancel" | "redrive"; readonly id: string }
  | { readonly do: "pause"; readonly paused: boolean }
  | { readonly do: "schedule"; readonly everyMs: number }
  | { readonly do: "tick" | "sweep" }
  | { readonly do: "look" | "wait"; readonly ms: number };

export interface JobState {
  readonly id: string;
  readonly isTask: boolean;
  readonly state: number;
  readonly attempts: number;
  readonly runAt: number;
  readonly worker: string | null;
  readonly fence: number;
  /** 0: none. */
  readonly lease: number;
}

/** Everything that the engine holds. */
export interface Rows {
  readonly jobs: readonly JobState[];
  readonly ticks: readonly {
    readonly outcome: string;
    readonly count: number;
    readonly dueAt: number;
    readonly taskId: string | null;
  }[];
  /** How often each worker that is known has beaten. */
  readonly workers: Readonly<Record<string, number>>;
  readonly paused: boolean;
  /** Of the one schedule. */
  readonly nextAt: number | null;
  readonly counters: {
    readonly ready: Readonly<Record<string, number>>;
    readonly delayed: number;
    readonly running: number;
    readonly dead: number;
  };
}

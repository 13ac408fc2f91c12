import type { ZodType } from "zod";
import type { Backoff } from "./retry.ts";

/** Where a job runs; a lane has its own concurrency (see lib/jobs). */
export const LANES = [
  "interactive",
  "default",
  "bulk",
  "maintenance",
  "cpu",
  "io",
  "memory",
  "network",
  "general",
] as const;
export type Lane = typeof LANES[number];

export interface JobDefinition<T = unknown> {
  /** `domain.verb`, unique. */
  readonly name: string;
  readonly schema: ZodType<T>;
  readonly lane: Lane;
  /** Attempts in all, the first included. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** A run over this is aborted and counts as failed, in milliseconds. */
  readonly timeoutMs: number;
  /** Jobs with one key that have not started yet are one job. */
  readonly key?: (payload: T) => string;
}

type JobInput<T> =
  & Pick<JobDefinition<T>, "name" | "schema" | "lane">
  & Partial<Pick<JobDefinition<T>, "attempts" | "backoff" | "timeoutMs" | "key">>;

/** Declares a job beside its domain; its handler lives in workers/handlers, so enqueuing never imports it. */
export function defineJob<T>(job: JobInput<T>): JobDefinition<T> {
  return { attempts: 8, backoff: { baseMs: 1000, maxMs: 15 * 60_000 }, timeoutMs: 60_000, ...job };
}

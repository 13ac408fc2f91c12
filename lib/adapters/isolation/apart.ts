import { AppError, type ErrorCode, ERRORS } from "../../kernel/errors.ts";
import { Impossible } from "../../kernel/retry.ts";
import type { Answer, Question } from "../../ports/isolation.ts";

/** A process that runs one call at a time. */
export interface Apart {
  /** `heard` is called for each answer, the last one not being progress. Rejects when the process ends before it. */
  ask(question: Question, heard: (answer: Answer) => void): Promise<void>;
  /** What it holds and has used, or did when it ended; zeros where the system does not tell. */
  usage(): { readonly rssBytes: number; readonly cpuMs: number };
  /** Ends it at once; what it runs rejects with `reason`. */
  kill(reason: Error): void;
  readonly ended: boolean;
  /** Resolves when nothing of it is left. */
  gone(): Promise<void>;
}

/** The error of a call, as the function threw it. What only computes would fail again, so no attempt can mend it. */
export function errorOf({ code, message }: Extract<Answer, { kind: "failed" }>): Error {
  if (code !== null && isErrorCode(code)) return new AppError(code, message, { retryable: false });
  return new Impossible(message);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export function overMemory(megabytes: number): AppError {
  return new AppError("upstream_rejected", `It used more than ${megabytes} MB of memory and was ended`);
}

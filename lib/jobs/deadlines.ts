import { type JobRun, timedOut } from "./run.ts";

/** Time-outs of many runs with one timer, armed for the earliest of them: a timer a run costs more than most runs. */
export class Deadlines {
  readonly #due = new Map<JobRun, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #armedFor = Infinity;

  watch(run: JobRun): void {
    const due = performance.now() + (run.handler?.timeoutMs ?? Infinity);
    this.#due.set(run, due);
    if (due < this.#armedFor) this.#arm(due);
  }

  /** The timer stays as it is: at worst it finds nothing overdue. */
  forget(run: JobRun): void {
    this.#due.delete(run);
    if (this.#due.size === 0) this.clear();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#armedFor = Infinity;
    this.#due.clear();
  }

  #arm(due: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = due;
    this.#timer = setTimeout(() => this.#stopOverdue(), Math.max(0, due - performance.now()));
  }

  #stopOverdue(): void {
    this.#armedFor = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const [run, due] of this.#due) {
      if (due > now) next = Math.min(next, due);
      else {
        this.#due.delete(run);
        run.stop(timedOut(run));
      }
    }
    if (next < Infinity) this.#arm(next);
  }
}

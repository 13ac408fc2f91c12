import type { Connection } from "./connection.ts";

/**
 * Reads of one turn of the event loop under one snapshot: SQLite takes and gives back its locks once for all of them,
 * which is a third of a point read. What is read changes only by a commit of the file's one owner, and none happens
 * outside of `suspend`: each read sees what it would have seen by itself.
 */
export class TurnSnapshot {
  #holder: Connection | null = null;
  #reads = 0;
  #suspended = 0;

  /** Before each read. The first of a turn stays alone; the second one opens the snapshot. */
  join(reader: Connection): void {
    if (this.#suspended > 0) return;
    if (this.#reads++ === 0) setImmediate(this.#turnOver);
    else if (this.#holder === null) {
      reader.exec("begin");
      this.#holder = reader;
    }
  }

  /** Gives the locks back. */
  end(): void {
    const holder = this.#holder;
    this.#holder = null;
    // Not a commit, which refuses while a statement that was not read to its end is open, as an explanation is.
    holder?.exec("rollback");
  }

  /** The same for a connection that is closed right after, and may fail at anything else. */
  drop(): void {
    this.#holder = null;
  }

  /** Until the returned function is called, each read is by itself: a commit may be under way. */
  suspend(): () => void {
    this.end();
    this.#suspended++;
    return () => void this.#suspended--;
  }

  readonly #turnOver = () => {
    this.#reads = 0;
    this.end();
  };
}

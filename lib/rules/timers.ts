interface Due {
  readonly due: number;
}

interface Entry<T> {
  readonly timer: T;
  readonly order: number;
}

/**
 * Timers by when they are due, those of one moment in the order in which they were set: a binary heap, so that a month
 * of events with a timer each is not walked for each of them.
 */
export function createTimers<T extends Due>() {
  const heap: Entry<T>[] = [];
  let order = 0;

  const isBefore = (a: Entry<T>, b: Entry<T>) =>
    a.timer.due === b.timer.due ? a.order < b.order : a.timer.due < b.timer.due;

  function rise(entry: Entry<T>): void {
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  function sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(entry, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = entry;
  }

  return {
    add(timer: T): void {
      rise({ timer, order: order++ });
    },
    /** Takes out the next one that is due by then; null: none is. */
    takeDue(now: number): T | null {
      const [first] = heap;
      if (first === undefined || first.timer.due > now) return null;
      const last = heap.pop();
      if (last !== undefined && last !== first) sink(last);
      return first.timer;
    },
  };
}

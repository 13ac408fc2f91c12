type Send = (answer: Response) => void;

/** Past it the first ones wait for longer than it spares. */
const MOST = 32;

/**
 * Sends the answers of one turn of the event loop together at its end, all but the first. One that goes alone wakes a
 * client that fell asleep since the last one, and the kernel spends more on that than on the packet (5 us of a
 * request's 27); of a burst most reach one that is awake.
 */
export class Burst {
  #turning = false;
  #waiting: (() => void)[] = [];

  /** Now, where it is the first of its turn. */
  send(answer: Response, send: Send): void {
    if (!this.#turning) {
      this.#turning = true;
      setImmediate(this.#turnOver);
      return send(answer);
    }
    if (this.#waiting.push(() => send(answer)) === MOST) this.#sendAll();
  }

  readonly #turnOver = () => {
    this.#turning = false;
    this.#sendAll();
  };

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }
}

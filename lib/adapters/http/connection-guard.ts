import { openSocketTable, type SocketState } from "./libc.ts";

export interface GuardLimits {
  /** Time for a request's headers to arrive: from the connection on, and on a used one from their first bytes. */
  readonly headerTimeoutMs: number;
  /** Time that a connection may be silent both ways. Streams must send something more often. */
  readonly idleTimeoutMs: number;
  /** Past it, connections that wait for a request are ended, the quietest first. */
  readonly maxConnections: number;
}

export interface GuardedServer {
  readonly port: number;
  /** Ports of the other ends whose request is being answered, or which are WebSockets now. */
  readonly busy: () => ReadonlySet<number>;
}

export interface ConnectionGuard {
  /** Ends every connection at once, whatever it does. */
  endAll(): void;
  stop(): void;
}

const NOTHING = new Uint8Array();
const TIMED_OUT = new TextEncoder().encode(
  "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
);
/** Descriptors looked at in one turn of the event loop: within a millisecond. */
const SLICE = 500;
/** So many empty descriptors in a row are taken for the end of the table. */
const GAP = 256;

/** A connection as the sweep before found it, waiting for a request. */
interface Seen {
  readonly peerPort: number;
  /** More by now: an answer went out in between. */
  readonly sentBytes: bigint;
  /** When bytes of a next request were first seen, on the monotonic clock; null: there are none. */
  readonly beganAt: number | null;
}

/**
 * Deno.serve waits for ever for headers. This looks at the server's sockets once in a while, by what the kernel
 * knows of them, and ends those that keep it waiting. It costs a request nothing. null where it can't be had.
 */
export function guardConnections(server: GuardedServer, limits: GuardLimits): ConnectionGuard | null {
  const table = openSocketTable();
  if (table === null) return null;
  const everyMs = Math.max(20, Math.min(1000, limits.headerTimeoutMs / 4));
  let waiting: { fd: number; quietMs: number; peerPort: number }[] = [];
  // One that was not found waiting before is left alone: its request may just have come, or its answer be on its way.
  let seen = new Map<number, Seen>();
  let found = new Map<number, Seen>();
  let open = 0;
  let gap = 0;
  let timer = setTimeout(sweep, everyMs, 0);
  // Reading a socket and ending it happen in one turn, on the thread that owns the sockets: no descriptor can
  // change hands in between.

  function sweep(from: number): void {
    const busy = server.busy();
    let fd = from;
    for (; fd < from + SLICE && gap < GAP; fd++) {
      const state = table?.read(fd, server.port) ?? null;
      gap = state !== null || table?.isOpen(fd) ? 0 : gap + 1;
      if (state === null) continue;
      open++;
      if (!busy.has(state.peerPort)) judge(fd, state);
    }
    if (gap < GAP) {
      timer = setTimeout(sweep, 0, fd);
      return;
    }
    relieve(busy);
    seen = found;
    found = new Map();
    waiting = [];
    open = gap = 0;
    timer = setTimeout(sweep, everyMs, 0);
  }

  function judge(fd: number, { sentAgoMs, receivedAgoMs, sentBytes, peerPort }: SocketState): void {
    const before = seen.get(fd);
    const known = before?.peerPort === peerPort && before.sentBytes === sentBytes ? before : null;
    // Bytes of a next request came after the last answer. Within one tick of the kernel (4 ms) the two can't be
    // told apart; one that then stays silent is taken for idle.
    const began = receivedAgoMs < sentAgoMs;
    const beganAt = began ? known?.beganAt ?? performance.now() : null;
    found.set(fd, { peerPort, sentBytes, beganAt });
    if (known === null) return;
    const answered = sentBytes > 0n;
    const headersMs = answered ? performance.now() - (beganAt ?? Infinity) : sentAgoMs;
    if (headersMs > limits.headerTimeoutMs) return table?.end(fd, TIMED_OUT);
    const quietMs = Math.min(sentAgoMs, receivedAgoMs);
    if (quietMs > limits.idleTimeoutMs) return table?.end(fd, NOTHING);
    waiting.push({ fd, quietMs, peerPort });
  }

  function relieve(busy: ReadonlySet<number>): void {
    const excess = open - limits.maxConnections;
    if (excess <= 0) return;
    for (const { fd, peerPort } of waiting.sort((a, b) => b.quietMs - a.quietMs).slice(0, excess)) {
      // Looked at again: slices of one sweep are turns apart.
      if (!busy.has(peerPort) && table?.read(fd, server.port)?.peerPort === peerPort) table.end(fd, NOTHING);
    }
  }

  return {
    endAll() {
      for (let fd = 0, empty = 0; empty < GAP; fd++) {
        empty = table.isOpen(fd) ? 0 : empty + 1;
        if (table.read(fd, server.port) !== null) table.end(fd, NOTHING);
      }
    },
    stop() {
      clearTimeout(timer);
      table.close();
    },
  };
}

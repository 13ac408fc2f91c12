import { Burst } from "./burst.ts";
import { guardConnections } from "./connection-guard.ts";

/**
 * The runtime joins head and body of an answer of known length only up to this many bytes (the write buffer of a
 * connection, libs/h1 of Deno 2.9), and any chunked one up to 64 KiB; else it makes a packet of each.
 */
export const SEND_BYTES = 512;

/** How long a handler may take to notice that its connection was ended. */
const FORCED_MS = 500;

export interface UpgradeOptions {
  readonly protocol?: string;
  /** Seconds without a pong after which the socket is closed. Default 30. */
  readonly idleTimeout?: number;
}

/** What the server knows of a request beside the request. */
export interface Connection {
  /** The peer's address, before any proxy header is looked at. */
  readonly remoteAddress: string;
  /** Makes a WebSocket out of the request; return `response`. */
  upgrade(request: Request, options?: UpgradeOptions): { socket: WebSocket; response: Response };
}

export interface ServeOptions {
  readonly hostname: string;
  /** 0: a free one. */
  readonly port: number;
  readonly fetch: (request: Request, connection: Connection) => Response | Promise<Response>;
  readonly onListen?: (address: { readonly hostname: string; readonly port: number }) => void;
  /** Told of what a handler threw; the answer is a bare 500. */
  readonly onError?: (error: unknown) => void;
  /** Default 10,000. */
  readonly headerTimeoutMs?: number;
  /** Default 75,000: longer than the proxies in front keep theirs. Streams must beat more often. */
  readonly idleTimeoutMs?: number;
  /** Default 10,000. */
  readonly maxConnections?: number;
}

export interface Server {
  readonly hostname: string;
  readonly port: number;
  /** False where slow headers can't be cut (not Linux, or FFI not permitted): put a proxy in front. */
  readonly guarded: boolean;
  /**
   * Takes no new connection, lets what runs end, then ends the rest after `graceMs`. True: all ended by itself.
   * While a body still arrives, connections are taken: the handler has to send new requests away.
   */
  shutdown(graceMs: number): Promise<boolean>;
}

/** Deno's HTTP server with slow headers cut and idle connections bounded. */
export function serve(options: ServeOptions): Server {
  const { hostname, port, fetch, onListen = () => {}, onError = () => {} } = options;
  const { headerTimeoutMs = 10_000, idleTimeoutMs = 75_000, maxConnections = 10_000 } = options;
  const answering = new Map<Peer, Promise<Response> | null>();
  const sockets = new Map<WebSocket, number>();
  const burst = new Burst();
  const busy = () => new Set([...Array.from(answering.keys(), (peer) => peer.port), ...sockets.values()]);

  const server = Deno.serve({
    hostname,
    port,
    onListen: () => {},
    onError: (error) => {
      onError(error);
      return new Response(null, { status: 500 });
    },
  }, (request, info) => {
    const peer = new Peer(info, sockets);
    const response = fetch(request, peer);
    if (response instanceof Response) return new Promise((send) => burst.send(response, send));
    answering.set(peer, request.method === "GET" ? null : response);
    return new Promise((send, fail) => {
      response.then((answer) => {
        answering.delete(peer);
        burst.send(answer, send);
      }, (error) => {
        answering.delete(peer);
        fail(error);
      });
    });
  });
  const address = server.addr;
  const guard = guardConnections({ port: address.port, busy }, {
    headerTimeoutMs,
    idleTimeoutMs,
    maxConnections,
  });
  onListen({ hostname: address.hostname, port: address.port });

  return {
    hostname: address.hostname,
    port: address.port,
    guarded: guard !== null,
    async shutdown(graceMs) {
      const until = performance.now() + graceMs;
      // The runtime breaks off bodies that still arrive when it drains: requests that bring one are let end first.
      await within(Promise.allSettled(answering.values()), graceMs);
      const ended = server.shutdown().then(() => server.finished);
      const drained = await within(ended, Math.max(0, until - performance.now()));
      // The runtime can't be told to hurry once it drains; its connections can be ended under it.
      if (!drained) guard?.endAll();
      if (!drained) await within(ended, FORCED_MS);
      guard?.stop();
      return drained;
    },
  };
}

async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whose request ended before anyone asked who it was. */
const GONE: Deno.NetAddr = { transport: "tcp", hostname: "0.0.0.0", port: 0 };

class Peer implements Connection {
  #address: Deno.NetAddr | undefined;

  constructor(
    private readonly info: Deno.ServeHandlerInfo<Deno.NetAddr>,
    private readonly sockets: Map<WebSocket, number>,
  ) {}

  get remoteAddress(): string {
    return this.#peer().hostname;
  }

  get port(): number {
    return this.#peer().port;
  }

  upgrade(request: Request, options: UpgradeOptions = {}): { socket: WebSocket; response: Response } {
    const { port } = this;
    const { socket, response } = Deno.upgradeWebSocket(request, options);
    this.sockets.set(socket, port);
    socket.addEventListener("close", () => this.sockets.delete(socket), { once: true });
    socket.addEventListener("error", () => this.sockets.delete(socket), { once: true });
    return { socket, response };
  }

  /** The runtime knows it only while the request lasts: asked once, then kept. */
  #peer(): Deno.NetAddr {
    try {
      return this.#address ??= this.info.remoteAddr;
    } catch {
      return GONE;
    }
  }
}

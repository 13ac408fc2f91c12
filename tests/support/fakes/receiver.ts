/** A request that a fake took, its body read. */
export interface TakenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** What a fake does in place of its usual answer. */
export type ReceiverCommand =
  | {
    readonly do: "answer";
    readonly status: number;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  }
  /** Takes the request and closes the connection without an answer. */
  | { readonly do: "drop" }
  /** Answers only when the fake is closed. */
  | { readonly do: "hang" };

export interface Receiver {
  readonly origin: string;
  /** Every request that passed the checks, in order. */
  readonly requests: TakenRequest[];
  /** The next requests in order; when none is left: the usual answer, or `always`. */
  next(...commands: ReceiverCommand[]): void;
  always(command: ReceiverCommand | null): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server on loopback. `check` answers as the vendor does: a refusal, or null to take it; `usual` is its success. */
export function startReceiver(vendor: {
  readonly check: (request: TakenRequest) => Response | null | Promise<Response | null>;
  readonly usual: (request: TakenRequest) => Response;
  /** Serves TLS under this name (see tests/support/certificates). */
  readonly tls?: { readonly name: string; readonly cert: string; readonly key: string };
}): Receiver {
  const queue: ReceiverCommand[] = [];
  let standing: ReceiverCommand | null = null;
  const requests: TakenRequest[] = [];
  const over = Promise.withResolvers<void>();

  const handler = async (request: Request): Promise<Response> => {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const taken: TakenRequest = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      bytes,
      text: new TextDecoder().decode(bytes),
    };
    const refused = await vendor.check(taken);
    if (refused !== null) return refused;
    const command = queue.shift() ?? standing;
    if (command?.do === "answer" && command.status >= 400) {
      const { status, body = "", headers = {} } = command;
      return new Response(body, { status, headers });
    }
    requests.push(taken);
    if (command === null || command === undefined) return vendor.usual(taken);
    if (command.do === "answer") {
      return new Response(command.body ?? null, { status: command.status, headers: command.headers ?? {} });
    }
    if (command.do === "hang") await over.promise;
    // A body that breaks off: the client sees the connection end.
    return new Response(new ReadableStream({ start: (controller) => controller.error(new Error("drop")) }));
  };
  const { tls } = vendor;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response("", { status: 500 }),
    ...(tls === undefined ? {} : { cert: tls.cert, key: tls.key }),
  }, handler);
  return {
    origin: `${tls === undefined ? "http://127.0.0.1" : `https://${tls.name}`}:${server.addr.port}`,
    requests,
    next: (...commands) => void queue.push(...commands),
    always: (command) => void (standing = command),
    async [Symbol.asyncDispose]() {
      over.resolve();
      await server.shutdown();
    },
  };
}

import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** `close`: the connection ends without a byte of an answer. `hang`: it stays open and silent. */
export type RawAnswer = Response | "close" | "hang";

export interface RawServer {
  readonly port: number;
  /** How many were opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** An HTTP server that can also do what servers should not: Deno.serve has no way to drop a connection. */
export async function serveRaw(handler: (request: Request) => Promise<RawAnswer>): Promise<RawServer> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const answer = await handler(await toRequest(incoming));
      if (answer === "hang") return;
      if (answer === "close") return void incoming.socket.destroy();
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      try {
        for await (const chunk of answer.body ?? []) {
          if (outgoing.destroyed) break;
          if (!outgoing.write(chunk)) await drained(outgoing);
        }
        outgoing.end();
      } catch {
        incoming.socket.destroy();
      }
    })().catch(() => incoming.socket.destroy());
  });
  let opened = 0;
  server.on("connection", () => void opened++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => opened,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.once("drain", done).once("close", done);
  });
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = "GET", url = "/", headers } = incoming;
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const body = Buffer.concat(chunks);
  return new Request(`http://${headers.host ?? "localhost"}${url}`, {
    method,
    headers: pairs,
    ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
  });
}

import { createGuardedFetch } from "../../lib/adapters/fetch/guarded.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";

/** Whether what was thrown is an error of this code. */
export const code = (expected: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === expected;

/** A server on loopback, as long as `work` runs. */
export async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  try {
    await work(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

/** A fetch that may call loopback, which every name leads to. */
export const local = createGuardedFetch({
  allowLoopbackForTests: true,
  resolve: () => Promise.resolve(["127.0.0.1"]),
});

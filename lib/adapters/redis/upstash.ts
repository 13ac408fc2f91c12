import { z } from "zod";
import type { RedisConnection } from "./link.ts";

const replySchema = z.object({ result: z.unknown() });

/**
 * Redis over Upstash's REST form: a command is a POST of a JSON array (upstash.com/docs/redis/features/restapi). In an
 * isolate nothing may be shared between requests, so each call has a signal of its own.
 */
export function connectUpstash(
  { restUrl, restToken }: { readonly restUrl: string; readonly restToken: string },
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): RedisConnection {
  const calls = new Set<AbortController>();
  let closed = false;
  return {
    async call(...command) {
      if (closed) throw new Error("The connection to Redis is closed");
      const abort = new AbortController();
      calls.add(abort);
      try {
        const response = await fetch(restUrl, {
          method: "POST",
          headers: { authorization: `Bearer ${restToken}`, "content-type": "application/json" },
          body: JSON.stringify(command),
          signal: abort.signal,
          redirect: "manual", // an isolate knows no "error"; what is redirected is not ok either
        });
        const body: unknown = await response.json();
        if (!response.ok) throw new Error(`The Redis REST endpoint answered ${response.status}`);
        return replySchema.parse(body).result;
      } finally {
        calls.delete(abort);
      }
    },
    close() {
      closed = true;
      for (const abort of calls) abort.abort();
      return Promise.resolve();
    },
  };
}

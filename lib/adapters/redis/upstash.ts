import { z } from "zod";
import type { RedisConnection } from "./link.ts";

const replySchema = z.object({ result: z.unknown() });

/** Redis over Upstash's REST form: a command is a POST of a JSON array (upstash.com/docs/redis/features/restapi). */
export function connectUpstash(
  { restUrl, restToken }: { readonly restUrl: string; readonly restToken: string },
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): RedisConnection {
  const closing = new AbortController();
  return {
    async call(...command) {
      const response = await fetch(restUrl, {
        method: "POST",
        headers: { authorization: `Bearer ${restToken}`, "content-type": "application/json" },
        body: JSON.stringify(command),
        signal: closing.signal,
        redirect: "error",
      });
      const body: unknown = await response.json();
      if (!response.ok) throw new Error(`The Redis REST endpoint answered ${response.status}`);
      return replySchema.parse(body).result;
    },
    close: () => Promise.resolve(closing.abort()),
  };
}

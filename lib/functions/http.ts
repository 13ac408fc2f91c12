import { z } from "zod";
import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { defineFunction, type TaskFunction } from "../kernel/define-function.ts";
import { RetryAfter } from "../kernel/retry.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
const MAX_BYTES = 4 * 1024 * 1024;
const LONGEST_WAIT_MS = 3600 * SECOND;
/** What the answer says that it is not to be asked again for a while. */
const LATER: ReadonlySet<number> = new Set([429, 503]);

const request = z.object({
  url: z.url({ protocol: /^https?$/ }).max(4000),
  method: z.enum(METHODS).default("GET"),
  headers: z.record(z.string().max(100).regex(/^[\w-]+$/), z.string().max(4000)).default({}),
  body: z.string().max(1_000_000).optional(),
  timeout_ms: z.number().int().min(100).max(60_000).default(20_000),
});
const response = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string().describe("As UTF-8; bytes that are no text are replaced"),
});

export const httpFunctions: readonly TaskFunction<Ctx>[] = [
  defineFunction({
    name: "http.request",
    summary:
      "Calls an address of the public internet; any status is a result, 429 and 503 with Retry-After wait",
    workerType: "NETWORK_INTENSIVE",
    args: request,
    result: response,
    examples: [{ args: { url: "https://example.com/prices.json" } }],
    timeoutMs: 70 * SECOND,
    run: async ({ url, method, headers, body, timeout_ms: timeoutMs }, { ctx, signal }) => {
      const answer = await ctx.ports.fetch(url, {
        method,
        headers,
        timeoutMs,
        signal,
        maxBytes: MAX_BYTES,
        ...(body === undefined ? {} : { body }),
      });
      const seconds = Number(answer.headers.get("retry-after"));
      if (LATER.has(answer.status) && seconds > 0) {
        const delayMs = Math.min(seconds * SECOND, LONGEST_WAIT_MS);
        throw new RetryAfter(delayMs, `The address answered ${answer.status}: again in ${seconds} s`);
      }
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: new TextDecoder().decode(answer.body),
      };
    },
  }),
];

import { z } from "zod";
import type { RateLimitPolicy } from "../../ports/rate-limit.ts";
import type { RedisCall } from "../redis/link.ts";

/**
 * The sliding window of memory.ts as one command, by Redis's own clock. `debt` is counted whatever it comes to; of
 * `want` as much is granted as fits, or nothing unless `least` does.
 */
const SCRIPT = `
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local debt, want, least = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local index = math.floor(now / window)
local passed = now % window
local h = redis.call('HMGET', KEYS[1], 'w', 'c', 'p')
local known, current, previous = tonumber(h[1]), tonumber(h[2]) or 0, tonumber(h[3]) or 0
if known ~= index then
  if known == index - 1 then previous = current else previous = 0 end
  current = 0
end
current = current + debt
local left = math.floor(limit + 0.000001 - current - previous * (1 - passed / window))
local granted = math.max(0, math.min(want, left))
if granted < least then granted = 0 end
if debt + granted > 0 then
  redis.call('HSET', KEYS[1], 'w', index, 'c', current + granted, 'p', previous)
  redis.call('PEXPIRE', KEYS[1], window * 2)
end
return { granted, current + granted, previous, passed }
`;

const replySchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export interface WindowRequest {
  readonly policy: RateLimitPolicy;
  readonly key: string;
  /** Units that were used already. */
  readonly debt: number;
  readonly want: number;
  /** Fewer than that are not worth granting. */
  readonly least: number;
}

export interface WindowState {
  readonly granted: number;
  readonly current: number;
  readonly previous: number;
  /** How much of the window has passed, 0 to 1. */
  readonly passed: number;
}

/** Throws for an answer that is none. */
export async function askWindow(
  call: RedisCall,
  { policy: { limit, windowMs }, key, debt, want, least }: WindowRequest,
): Promise<WindowState> {
  const numbers = [limit, windowMs, debt, want, least].map(String);
  const [granted, current, previous, passedMs] = replySchema.parse(
    await call("EVAL", SCRIPT, "1", key, ...numbers),
  );
  return { granted, current, previous, passed: passedMs / windowMs };
}

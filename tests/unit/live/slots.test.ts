import assert from "node:assert/strict";
import { createStreamSlots, STREAM_LIMITS } from "../../../lib/live/mod.ts";
import type { Actor } from "../../../lib/kernel/actors.ts";

const scopes = new Set<never>();
const visitor = (n: number): Actor => ({
  kind: "visitor",
  id: `con_${n}`,
  channelAccountId: "cha_1",
  scopes,
});
const key: Actor = { kind: "api_key", id: "key_1", ownerId: "usr_1", scopes };

Deno.test("visitors without number leave places for those who work here, and give theirs back", () => {
  const slots = createStreamSlots();
  const taken = Array.from({ length: STREAM_LIMITS.visitors }, (_, n) => slots.take(visitor(n)));
  assert.throws(() => slots.take(visitor(-1)), { code: "busy" });
  slots.take(key);
  taken[0]?.();
  taken[0]?.();
  slots.take(visitor(-1));
  assert.throws(() => slots.take(visitor(-2)), { code: "busy" });
});

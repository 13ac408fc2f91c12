import assert from "node:assert/strict";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createMemoryWaker } from "../../lib/adapters/waker/memory.ts";

const event = (workspaceId: string) => ({
  seq: 1,
  workspaceId,
  type: "message.received",
  conversationId: null,
  subjectId: "msg_1",
  data: {},
  at: 0,
});

Deno.test("a pulse reaches the listeners of its workspace only, and null reaches all", () => {
  const bus = createMemoryLiveBus();
  const heard: string[] = [];
  const stop = bus.subscribe("a", (it) => heard.push(`a:${it?.subjectId ?? "look"}`));
  bus.subscribe("b", (it) => heard.push(`b:${it?.subjectId ?? "look"}`));
  bus.pulse(event("a"));
  bus.pulse(null);
  assert.deepEqual(heard, ["a:msg_1", "a:look", "b:look"]);
  assert.equal(bus.subscribers, 2);
  stop();
  stop();
  assert.equal(bus.subscribers, 1);
});

Deno.test("a listener may unsubscribe while it is told, and one function may listen twice", () => {
  const bus = createMemoryLiveBus();
  let count = 0;
  const listener = () => {
    count++;
    first();
  };
  const first = bus.subscribe("a", listener);
  bus.subscribe("a", listener);
  bus.pulse(event("a"));
  bus.pulse(event("a"));
  assert.equal(count, 3);
});

Deno.test("a wake-up reaches every lane runner until it stops listening", () => {
  const waker = createMemoryWaker();
  const heard: unknown[] = [];
  const stop = waker.onWake((...wake) => heard.push(wake));
  waker.wake("default", ["job_1"], 5);
  stop();
  waker.wake("default", ["job_2"], 5);
  assert.deepEqual(heard, [["default", ["job_1"], 5]]);
});

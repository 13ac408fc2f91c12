/** Loaded before a program (`--preload`): on SIGUSR2 code of nobody fails in every way that nobody catches. */
import { EventEmitter } from "node:events";

const SECRET = "Bearer abcdefghijklmnop";

Deno.addSignalListener("SIGUSR2", () => {
  void Promise.reject(new Error(`stray rejection (${SECRET})`));
  setTimeout(() => {
    throw new Error(`stray timer (${SECRET})`);
  });
  setImmediate(() => new EventEmitter().emit("error", new Error("stray emitter")));
  const target = new EventTarget();
  target.addEventListener("go", () => {
    throw new Error("stray listener");
  });
  target.dispatchEvent(new Event("go"));
});

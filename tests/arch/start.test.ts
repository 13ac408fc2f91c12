import assert from "node:assert/strict";
import { join } from "node:path";
import settings from "../../deno.json" with { type: "json" };
import { START_ENV, START_FLAGS } from "../../tools/build-server.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("however the server or a worker is started, it is told the same of its heap", async () => {
  assert.equal(START_FLAGS.length, 1);
  const told = [...START_FLAGS, ...Object.entries(START_ENV).map(([name, value]) => `${name}=${value}`)];
  assert.equal(told.length, 2);
  const { start, dev, worker } = settings.tasks;
  const ways = {
    start: start.command,
    dev: dev.command,
    worker: worker.command,
    Dockerfile: await Deno.readTextFile(join(ROOT, "Dockerfile")),
    unit: await Deno.readTextFile(join(ROOT, "deploy/cauce.service")),
  };
  for (const [way, text] of Object.entries(ways)) {
    for (const word of told) assert.ok(text.includes(word), `${way} without ${word}`);
    const flags = text.match(/--v8-flags=[^ "\n]+/g) ?? [];
    assert.deepEqual(new Set(flags), new Set(START_FLAGS), way);
  }
});

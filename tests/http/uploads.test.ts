import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";

function form(bytes: number): FormData {
  const data = new FormData();
  data.set("file", new File([new Uint8Array(bytes).fill(97)], "faq.txt", { type: "text/plain" }));
  return data;
}

/** A multipart body that says when it is read for the first time, and never ends. */
function endless(): {
  body: ReadableStream<Uint8Array>;
  headers: Record<string, string>;
  wasRead: () => boolean;
} {
  let read = false;
  const body = new ReadableStream<Uint8Array>({
    pull: () => {
      read = true;
    },
  }, { highWaterMark: 0 });
  return { body, headers: { "content-type": "multipart/form-data; boundary=x" }, wasRead: () => read };
}

Deno.test("an upload of a stranger is refused before a byte of it is read", async () => {
  await using h = await harness();
  const { body, headers, wasRead } = endless();
  const { status } = await h.request("POST", "/api/knowledge/entries/import", { body, headers });
  assert.equal(status, 401);
  assert.equal(wasRead(), false);
});

Deno.test("an upload that announces too much is 413 before the caller is looked at", async () => {
  await using h = await harness({ env: { MAX_UPLOAD_SIZE: "2048" } });
  const { token } = await h.person();
  const { status } = await h.request("POST", "/api/knowledge/entries/import", {
    token,
    body: form(10),
    headers: { "content-length": "4096" },
  });
  assert.equal(status, 413);
});

Deno.test("no more than eight uploads are held at once; the ninth is told to come back", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const stuck = Array.from({ length: 8 }, () => {
    const stop = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void stop.promise.then(() => controller.error(new Error("gone"))),
      // With nothing kept ahead, somebody pulls when the body is read.
      pull: () => begun.resolve(),
    }, { highWaterMark: 0 });
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    return {
      stop,
      begun,
      answer: h.request("POST", "/api/knowledge/entries/import", { token, body, headers }),
    };
  });
  await Promise.all(stuck.map(({ begun }) => begun.promise));
  const ninth = await h.request("POST", "/api/knowledge/entries/import", { token, body: form(10) });
  assert.equal(ninth.status, 503);
  assert.ok(Number(ninth.headers.get("retry-after")) >= 1);
  for (const { stop } of stuck) stop.resolve();
  for (const { answer } of stuck) assert.equal((await answer).status, 400);
  const after = await h.request("POST", "/api/knowledge/entries/import", { token, body: form(10) });
  assert.notEqual(after.status, 503);
});

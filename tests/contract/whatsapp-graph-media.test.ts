import assert from "node:assert/strict";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { sha256Hex } from "../../lib/kernel/text.ts";
import { readAll } from "../../lib/ports/blobs.ts";
import { MEDIA_KINDS, mediaHash, mediaProblem, WHATSAPP_MEDIA } from "../../lib/ports/whatsapp-content.ts";
import { addMedia, endless } from "../support/fakes/graph.ts";
import { failureOf, wired } from "../support/whatsapp.ts";

const BYTES = new TextEncoder().encode("a picture, more or less");
const MB = 1024 * 1024;
const is = (code: AppError["code"]) => (error: unknown) => error instanceof AppError && error.code === code;

Deno.test("media is uploaded with its type and name, found again by its id, and loaded as it was", async () => {
  await using w = await wired();
  const { account } = w.graph;
  const { id } = await w.port.uploadMedia(account, {
    kind: "image",
    body: new Blob([BYTES]),
    mimeType: "image/png",
    filename: "plano.png",
  });
  const info = await w.port.mediaInfo(account, id);
  assert.deepEqual([info.mimeType, info.size, info.sha256], [
    "image/png",
    BYTES.byteLength,
    await sha256Hex(BYTES),
  ]);
  const download = await w.port.downloadMedia(account, info.url, { maxBytes: MB });
  assert.equal(download.contentType, "image/png");
  assert.deepEqual(await readAll(download.body), BYTES);
});

Deno.test("uploadMedia refuses types and sizes that WhatsApp does not take, before it calls", async () => {
  await using w = await wired();
  const upload = (mimeType: string, body: Blob) =>
    w.port.uploadMedia(w.graph.account, { kind: "image", body, mimeType, filename: "x" });
  await assert.rejects(upload("image/gif", new Blob([BYTES])), is("validation_failed"));
  await assert.rejects(upload("image/png", new Blob([])), is("validation_failed"));
  await assert.rejects(
    upload("image/png", new Blob([new Uint8Array(5 * MB + 1)])),
    is("validation_failed"),
  );
  assert.deepEqual(w.graph.calls, []);
});

Deno.test("each kind of media takes its own types up to its own size", () => {
  for (const kind of MEDIA_KINDS) {
    const { types: [mimeType], maxBytes } = WHATSAPP_MEDIA[kind];
    assert.equal(mediaProblem(kind, { mimeType, size: maxBytes }), null, kind);
    assert.match(mediaProblem(kind, { mimeType, size: maxBytes + 1 }) ?? "", /at most/);
    assert.match(mediaProblem(kind, { mimeType: "application/x-msdownload", size: 1 }) ?? "", /takes no/);
  }
  assert.equal(mediaProblem("audio", { mimeType: "audio/ogg; codecs=opus", size: 1 }), null);
});

Deno.test("downloadMedia stops at the limit: told beforehand, or found out while it reads a gigabyte", async () => {
  await using w = await wired();
  const { account, world } = w.graph;
  for (const told of [true, false]) {
    const serves = endless(1024 * MB, { told });
    const { id } = addMedia(world, { bytes: BYTES, mimeType: "video/mp4", serves });
    const { url } = await w.port.mediaInfo(account, id);
    const load = async () => await readAll((await w.port.downloadMedia(account, url, { maxBytes: MB })).body);
    await assert.rejects(load(), is("payload_too_large"), told ? "told" : "not told");
  }
});

Deno.test("downloadMedia goes to Meta's hosts only: the token goes along", async () => {
  const called: string[] = [];
  const graph = createWhatsAppGraph({ baseUrl: "https://graph.facebook.com", version: "v25.0" }, {
    fetch: (input) => {
      called.push(String(input));
      return Promise.resolve(new Response(BYTES));
    },
  });
  const account = { phoneNumberId: "1", businessAccountId: null, accessToken: "EAAx" };
  const refused = [
    "https://evil.example/whatsapp_business/attachments/",
    "https://lookaside.fbsbx.com.evil.example/",
    "https://evilfbsbx.com/",
    "http://lookaside.fbsbx.com/",
    "https://lookaside.fbsbx.com:8443/",
    "https://user@lookaside.fbsbx.com/",
    "http://127.0.0.1/",
    "file:///etc/passwd",
    "nothing",
  ];
  for (const url of refused) {
    await assert.rejects(graph.downloadMedia(account, url, { maxBytes: MB }), is("validation_failed"), url);
  }
  assert.deepEqual(called, []);
  const good = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1";
  const { body } = await graph.downloadMedia(account, good, { maxBytes: MB });
  assert.deepEqual(await readAll(body), BYTES);
  assert.deepEqual(called, [good]);
});

Deno.test("media that is gone is not found, by its id and by its address", async () => {
  await using w = await wired();
  const { account, world } = w.graph;
  const media = addMedia(world, { bytes: BYTES, mimeType: "image/png" });
  const { url } = await w.port.mediaInfo(account, media.id);
  media.gone = true;
  await assert.rejects(w.port.mediaInfo(account, media.id), is("not_found"));
  await assert.rejects(w.port.downloadMedia(account, url, { maxBytes: MB }), is("not_found"));
});

Deno.test("media that breaks off half-way ends with an error, never with half a file", async () => {
  await using w = await wired();
  const { account, world } = w.graph;
  const serves = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(BYTES),
        pull: (controller) => controller.error(new Error("cut")),
      }, { highWaterMark: 0 }),
      { headers: { "content-length": "5000" } },
    );
  const { id } = addMedia(world, { bytes: BYTES, mimeType: "image/png", serves });
  const { url } = await w.port.mediaInfo(account, id);
  const load = async () => await readAll((await w.port.downloadMedia(account, url, { maxBytes: MB })).body);
  assert.equal((await failureOf(load())).class, "retry_later");
});

Deno.test("a token that is refused for media is told as such", async () => {
  await using w = await wired();
  const { account, world } = w.graph;
  const { id } = addMedia(world, { bytes: BYTES, mimeType: "image/png" });
  const { url } = await w.port.mediaInfo(account, id);
  const wrong = { ...account, accessToken: "EAAwrong" };
  const failure = await failureOf(w.port.downloadMedia(wrong, url, { maxBytes: MB }));
  assert.equal(failure.class, "auth");
});

Deno.test("mediaHash reads hex and base64 alike and nothing else", async () => {
  const hex = await sha256Hex(BYTES);
  const base64 = btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));
  assert.equal(mediaHash(hex.toUpperCase()), hex);
  assert.equal(mediaHash(base64), hex);
  for (const odd of ["", "abc", "%%%", btoa("short"), null, undefined]) assert.equal(mediaHash(odd), null);
});

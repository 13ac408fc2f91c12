import assert from "node:assert/strict";
import { createDiskBlobs } from "../../lib/adapters/blobs/disk.ts";
import { createS3Blobs } from "../../lib/adapters/blobs/s3.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";
import { sha256Hex } from "../../lib/kernel/text.ts";
import { type BlobStore, readAll } from "../../lib/ports/blobs.ts";
import { type FakeS3, S3_CREDENTIALS, startFakeS3 } from "../support/fakes/s3.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const code = (expected: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === expected;

async function onDisk(work: (blobs: BlobStore, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(createDiskBlobs(`${folder}/blobs`), `${folder}/blobs`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function onS3(work: (blobs: BlobStore, s3: FakeS3) => Promise<void>, options = {}): Promise<void> {
  const s3 = startFakeS3();
  try {
    await work(createS3Blobs({ endpoint: s3.endpoint, ...S3_CREDENTIALS, partBytes: 1000, ...options }), s3);
  } finally {
    await s3.close();
  }
}

async function read(blobs: BlobStore, key: string): Promise<string | null> {
  const found = await blobs.get(key);
  if (found === null) return null;
  const body = await readAll(found.body);
  assert.equal(body.length, found.size);
  return new TextDecoder().decode(body);
}

function streamOf(...parts: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(parts.map(bytes));
}

const adapters: Record<string, (work: (blobs: BlobStore) => Promise<void>) => Promise<void>> = {
  disk: onDisk,
  s3: onS3,
};

for (const [name, run] of Object.entries(adapters)) {
  Deno.test(`blobs on ${name}: what was put is got, with its size and hash; a second put replaces it`, () =>
    run(async (blobs) => {
      const info = await blobs.put("wsp_1/file/att_1.txt", bytes("hello"), { contentType: "text/plain" });
      assert.deepEqual(info, { size: 5, sha256: await sha256Hex("hello") });
      assert.equal(await read(blobs, "wsp_1/file/att_1.txt"), "hello");
      await blobs.put("wsp_1/file/att_1.txt", streamOf("good", "", "bye"));
      assert.equal(await read(blobs, "wsp_1/file/att_1.txt"), "goodbye");
      await blobs.put("wsp_1/empty", new Uint8Array());
      assert.equal(await read(blobs, "wsp_1/empty"), "");
    }));

  Deno.test(`blobs on ${name}: a large stream arrives whole`, () =>
    run(async (blobs) => {
      const parts = Array.from({ length: 9 }, (_, i) => String(i).repeat(777));
      const info = await blobs.put("wsp_1/large", streamOf(...parts));
      assert.equal(info.sha256, await sha256Hex(parts.join("")));
      assert.equal(await read(blobs, "wsp_1/large"), parts.join(""));
    }));

  Deno.test(`blobs on ${name}: past maxBytes nothing is kept, the old content stays and the source is cancelled`, () =>
    run(async (blobs) => {
      await blobs.put("wsp_1/a", bytes("old"));
      let cancelled = false;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(600)),
        cancel: () => void (cancelled = true),
      });
      await assert.rejects(blobs.put("wsp_1/a", endless, { maxBytes: 5000 }), code("payload_too_large"));
      await assert.rejects(blobs.put("wsp_1/b", bytes("12345"), { maxBytes: 4 }), code("payload_too_large"));
      assert.equal(cancelled, true);
      assert.equal(await read(blobs, "wsp_1/a"), "old");
      assert.equal(await read(blobs, "wsp_1/b"), null);
    }));

  Deno.test(`blobs on ${name}: a source that breaks off leaves nothing`, () =>
    run(async (blobs) => {
      let sent = 0;
      const broken = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent++ < 4) controller.enqueue(new Uint8Array(600));
          else controller.error(new Error("gone"));
        },
      });
      await assert.rejects(blobs.put("wsp_1/a", broken), /gone/);
      assert.equal(await read(blobs, "wsp_1/a"), null);
      assert.deepEqual(await Array.fromAsync(blobs.list("")), []);
    }));

  Deno.test(`blobs on ${name}: what is not there is null, and deleting it is no error`, () =>
    run(async (blobs) => {
      assert.equal(await blobs.get("wsp_1/none"), null);
      await blobs.delete("wsp_1/none");
      await blobs.put("wsp_1/a", bytes("x"));
      await blobs.delete("wsp_1/a");
      assert.equal(await blobs.get("wsp_1/a"), null);
    }));

  Deno.test(`blobs on ${name}: list gives keys and sizes under a prefix, in order, over pages`, () =>
    run(async (blobs) => {
      for (const key of ["w1/b/2", "w1/b/1", "w1/a", "w1/b-c", "w10/x", "w2/x"]) {
        await blobs.put(key, bytes(key));
      }
      const keys = async (prefix: string) =>
        (await Array.fromAsync(blobs.list(prefix))).map(({ key }) => key);
      assert.deepEqual(await keys("w1/"), ["w1/a", "w1/b-c", "w1/b/1", "w1/b/2"]);
      assert.deepEqual(await keys("w1/b"), ["w1/b-c", "w1/b/1", "w1/b/2"]);
      assert.equal((await keys("")).length, 6);
      assert.deepEqual(await keys("none/"), []);
      const [last, ...none] = await Array.fromAsync(blobs.list("w2"));
      assert.deepEqual([last?.key, last?.size, none], ["w2/x", 4, []]);
      assert.ok(Math.abs((last?.modifiedAt ?? 0) - Date.now()) < 60_000, `${last?.modifiedAt}`);
      for (const after of ["w1/a", "w1/b", "w1/b-c", "w1/b/1", "w1/b/2", "w1/zzz", "w10/x", "w3"]) {
        const rest = (await Array.fromAsync(blobs.list("", { after }))).map(({ key }) => key);
        assert.deepEqual(rest, (await keys("")).filter((key) => key > after), after);
      }
    }));

  Deno.test(`blobs on ${name}: a key that could leave its place is refused`, () =>
    run(async (blobs) => {
      const bad = [
        "",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "a/./b",
        ".tmp/x",
        "a\\b",
        "a b",
        "a\u0000",
        "á",
        "a".repeat(600),
      ];
      for (const key of bad) {
        await assert.rejects(blobs.put(key, bytes("x")), code("bad_request"), key);
        await assert.rejects(blobs.get(key), code("bad_request"), key);
        await assert.rejects(blobs.delete(key), code("bad_request"), key);
      }
      await assert.rejects(Array.fromAsync(blobs.list("../")), code("bad_request"));
    }));
}

Deno.test("blobs on disk are private, and nothing half written stays behind", () =>
  onDisk(async (blobs, folder) => {
    await blobs.put("wsp_1/a", bytes("x"));
    await assert.rejects(blobs.put("wsp_1/b", bytes("xx"), { maxBytes: 1 }));
    assert.equal(((await Deno.stat(`${folder}/wsp_1/a`)).mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(`${folder}/wsp_1`)).mode ?? 0) & 0o777, 0o700);
    assert.deepEqual([...Deno.readDirSync(`${folder}/.tmp`)], []);
  }));

Deno.test("blobs on disk follow no symbolic link, neither a file nor a folder", () =>
  onDisk(async (blobs, folder) => {
    const outside = await Deno.makeTempDir();
    await Deno.writeTextFile(`${outside}/secret`, "secret");
    await blobs.put("wsp_1/a", bytes("x"));
    await Deno.symlink(`${outside}/secret`, `${folder}/wsp_1/link`);
    await Deno.symlink(outside, `${folder}/wsp_2`);
    assert.equal(await blobs.get("wsp_1/link"), null);
    await assert.rejects(blobs.get("wsp_2/secret"), code("internal"));
    await assert.rejects(blobs.put("wsp_2/new", bytes("x")), code("internal"));
    assert.deepEqual((await Array.fromAsync(blobs.list(""))).map(({ key }) => key), ["wsp_1/a"]);
    await blobs.put("wsp_1/link", bytes("mine"));
    assert.equal(await Deno.readTextFile(`${outside}/secret`), "secret");
    await Deno.remove(outside, { recursive: true });
  }));

Deno.test("blobs on s3 call a wrong key, a fault and a slow store by their errors", () =>
  onS3(async (blobs, s3) => {
    const wrong = createS3Blobs({ endpoint: s3.endpoint, ...S3_CREDENTIALS, secretAccessKey: "wrong" });
    await assert.rejects(
      wrong.get("a"),
      (e: unknown) => code("upstream_rejected")(e) && /SignatureDoesNotMatch/.test(String(e)),
    );
    s3.faults.push("error-500", "slow-down");
    await assert.rejects(
      blobs.get("a"),
      (e: unknown) => e instanceof AppError && e.code === "upstream_failed" && e.retryable,
    );
    await assert.rejects(
      blobs.put("a", bytes("x")),
      (e: unknown) => e instanceof AppError && e.retryAfterMs === 7000,
    );
    const impatient = createS3Blobs({ endpoint: s3.endpoint, ...S3_CREDENTIALS, timeoutMs: 300 });
    s3.faults.push("hang");
    await assert.rejects(impatient.get("a"), code("upstream_timeout"));
    const nobody = createS3Blobs({ endpoint: "http://127.0.0.1:1", ...S3_CREDENTIALS });
    await assert.rejects(nobody.get("a"), code("upstream_failed"));
  }));

Deno.test("blobs on s3 never take half a file for a whole one", () =>
  onS3(async (blobs, s3) => {
    await blobs.put("a", new Uint8Array(500));
    s3.faults.push("cut-body");
    await assert.rejects(async () => {
      const found = await blobs.get("a");
      if (found) await readAll(found.body);
    });
  }));

Deno.test("blobs on s3 abort an upload in parts that fails, and send a small one in one call", () =>
  onS3(async (blobs, s3) => {
    await blobs.put("small", new Uint8Array(1000));
    assert.deepEqual(s3.calls, ["PUT /files/small"]);
    await blobs.put("large", new Uint8Array(1001));
    assert.equal(s3.calls.length, 1 + 4);
    await assert.rejects(
      blobs.put("over", new Uint8Array(3000), { maxBytes: 2000 }),
      code("payload_too_large"),
    );
    const growing = streamOf(..."123456789".split("").map((digit) => digit.repeat(500)));
    await assert.rejects(blobs.put("over", growing, { maxBytes: 3000 }), code("payload_too_large"));
    assert.equal(s3.openUploads(), 0);
    assert.deepEqual([...s3.objects.keys()].sort(), ["large", "small"]);
  }));

import assert from "node:assert/strict";
import { createImapMailbox, type ImapOptions } from "../../lib/adapters/mailbox/imap.ts";
import type { OpenMailbox } from "../../lib/ports/mailbox.ts";
import { type FakeImap, startFakeImap } from "../support/fakes/imap.ts";
import { freeAddress, mayListen, ownHost } from "../support/loopback.ts";
import { failsWith, forever } from "./mailbox-calls.ts";

const mailboxOf = ({ host, port, user, pass }: FakeImap, more: Partial<ImapOptions> = {}) =>
  createImapMailbox({ host, port, user, pass, maxBytes: 1000, ...more });

async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Far longer than any machine takes over what ends a wait before its time. */
const LONG_MS = 600_000;
const SOON_MS = 60_000;

/** Once it waits it is idle; resolves to the milliseconds from the act to the end of the wait. */
async function idling(imap: FakeImap, { box, act }: { box: OpenMailbox; act: () => void }): Promise<number> {
  const waiting = box.wait(LONG_MS);
  await imap.idling();
  return await took(async () => {
    act();
    await waiting;
  });
}

Deno.test("a mailbox lists what nobody has seen and what came after a mail, and marks", async () => {
  await using imap = await startFakeImap();
  assert.deepEqual([imap.put("Subject: a\r\n\r\nx", ["\\Seen"]), imap.put("Subject: b\r\n\r\nx")], [1, 2]);
  const box = await mailboxOf(imap).open(forever());
  assert.deepEqual([box.uidValidity, box.newest], [1, 2]);
  assert.deepEqual(await box.unseen(), [2]);
  assert.deepEqual(await box.after(0), [1, 2]);
  assert.deepEqual(await box.after(2), [], "the last mail is not after itself");
  assert.equal(await box.mark(2, ["\\Seen", "\\Flagged"]), true);
  assert.deepEqual(imap.flagsOf(2), ["\\Seen", "\\Flagged"]);
  assert.deepEqual(await box.unseen(), []);
  box.close();
});

Deno.test("a mailbox gives a mail byte by byte without marking it; of a large one its beginning; of none null", async () => {
  await using imap = await startFakeImap();
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251 || 1);
  bytes.set(new TextEncoder().encode("Subject: b\r\n\r\n"));
  const head = "From: Ana <ana@x.example>\r\nSubject: large";
  const [exact, large] = [imap.put(bytes), imap.put(`${head}\r\n\r\n${"x".repeat(100_000)}`)];
  const box = await mailboxOf(imap).open(forever());
  assert.deepEqual(await box.fetch(exact), { size: 1000, whole: true, bytes });
  const left = await box.fetch(large);
  assert.deepEqual([left?.whole, left?.size], [false, head.length + 4 + 100_000]);
  assert.equal(left?.bytes.byteLength, 64 * 1024);
  assert.ok(new TextDecoder().decode(left?.bytes).startsWith(`${head}\r\n\r\nxxx`));
  assert.equal(await box.fetch(99), null);
  assert.deepEqual(imap.flagsOf(exact), []);
  box.close();
});

Deno.test("a mail that the server keeps back is not taken for one that is gone", async () => {
  await using imap = await startFakeImap();
  const uid = imap.put("Subject: a\r\n\r\nx");
  const box = await mailboxOf(imap).open(forever());
  imap.keepBack(uid);
  await assert.rejects(box.fetch(uid), failsWith("upstream_failed", /no answer to FETCH/));
  imap.keepBack(null);
  assert.equal((await box.fetch(uid))?.whole, true);
  box.close();
});

Deno.test("a wait ends when mail comes, at once when it came before, and else by the clock, with IDLE and without", async () => {
  for (const idle of [true, false]) {
    await using imap = await startFakeImap({ idle });
    const box = await mailboxOf(imap).open(forever());
    assert.ok(await took(() => box.wait(150)) >= 140);
    if (idle) {
      assert.ok(await idling(imap, { box, act: () => imap.put("Subject: c\r\n\r\nx") }) < SOON_MS);
    } else imap.put("Subject: c\r\n\r\nx");
    assert.deepEqual(await box.after(0), [1]);
    box.close();
  }
});

Deno.test("mail that comes between a look and the wait is not waited for", async () => {
  await using imap = await startFakeImap();
  const first = imap.put("Subject: a\r\n\r\nx");
  const box = await mailboxOf(imap).open(forever());
  assert.deepEqual(await box.unseen(), [first]);
  imap.put("Subject: b\r\n\r\nx");
  await box.mark(first, ["\\Seen"]); // the server tells of the other with its answer
  assert.ok(await took(() => box.wait(LONG_MS)) < SOON_MS);
  box.close();
});

Deno.test("a wrong password, no server, a silent one and one without TLS are told apart, and no password goes in plain", async () => {
  await using imap = await startFakeImap();
  const open = (more: Partial<ImapOptions>) => mailboxOf(imap, more).open(forever());
  await assert.rejects(open({ pass: "falso" }), failsWith("upstream_rejected", /refused the sign-in/));
  assert.equal(imap.logins, 1);
  // The same server by an address that is not known to be this machine's.
  await assert.rejects(open({ host: "0.0.0.0" }), failsWith("upstream_rejected", /no safe connection/));
  assert.equal(imap.logins, 1);
  const nobody = freeAddress();
  await assert.rejects(open(nobody), failsWith("upstream_failed", /ECONNREFUSED/));
  using _silent = Deno.listen({ hostname: nobody.host, port: nobody.port });
  await assert.rejects(open({ ...nobody, timeoutMs: 200 }), failsWith("upstream_timeout", /in time/));
});

/** Of this test alone: the port is not. */
const imaps = { host: ownHost(), port: 993 };

Deno.test(
  "port 993 is TLS from the start, and a certificate that nobody signed is good for this machine only",
  {
    ignore: !mayListen(imaps),
  },
  async () => {
    const folder = new URL("../support/certificates/", import.meta.url);
    const [cert = "", key = ""] = await Promise.all(
      ["shop.pem", "shop-key.pem"].map((name) => Deno.readTextFile(new URL(name, folder))),
    );
    await using imap = await startFakeImap({ tls: { cert, key }, ...imaps });
    const box = await mailboxOf(imap).open(forever());
    assert.deepEqual(await box.unseen(), []);
    box.close();
    // The same server by an address that is not known to be this machine's.
    const number = imaps.host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    await assert.rejects(
      mailboxOf(imap, { host: `0x${number.toString(16)}` }).open(forever()),
      failsWith("upstream_failed", /SELF_SIGNED/),
    );
    assert.equal(imap.logins, 1);
  },
);

Deno.test("a connection that breaks fails what is asked and ends a wait; a signal ends it at once, whatever it is at", async () => {
  await using imap = await startFakeImap();
  const uid = imap.put("Subject: a\r\n\r\nx");
  imap.cutAt(uid);
  const cut = await mailboxOf(imap).open(forever());
  await assert.rejects(cut.fetch(uid), failsWith("upstream_failed", /./));
  cut.close();

  const box = await mailboxOf(imap).open(forever());
  assert.ok(await idling(imap, { box, act: () => imap.cut() }) < SOON_MS);
  await assert.rejects(box.unseen(), failsWith("upstream_failed", /./));
  box.close();

  const stopping = new AbortController();
  const other = await mailboxOf(imap).open(stopping.signal);
  assert.ok(await idling(imap, { box: other, act: () => stopping.abort() }) < SOON_MS / 6);
  await assert.rejects(mailboxOf(imap).open(stopping.signal));
});

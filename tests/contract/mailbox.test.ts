import assert from "node:assert/strict";
import type { OauthAccount } from "../../lib/adapters/mailbox/access-tokens.ts";
import { createImapMailbox, type ImapOptions, openImap } from "../../lib/adapters/mailbox/imap.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";
import type { Mailbox, OpenMailbox } from "../../lib/ports/mailbox.ts";
import { type FakeImap, startFakeImap } from "../support/fakes/imap.ts";
import { startTokenEndpoint } from "../support/fakes/token-endpoint.ts";

const failsWith = (code: ErrorCode, message: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && message.test(error.message);

const mailboxOf = ({ port, user, pass }: FakeImap, more: Partial<ImapOptions> = {}) =>
  createImapMailbox({ host: "127.0.0.1", port, user, pass, maxBytes: 1000, ...more });
const forever = () => new AbortController().signal;

async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** It is idle once it waits. */
async function idling(imap: FakeImap, { box, act }: { box: OpenMailbox; act: () => void }): Promise<void> {
  const waiting = box.wait(20_000);
  await imap.idling();
  act();
  await waiting;
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
      assert.ok(await took(() => idling(imap, { box, act: () => imap.put("Subject: c\r\n\r\nx") })) < 5000);
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
  assert.ok(await took(() => box.wait(20_000)) < 5000);
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
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  await assert.rejects(open({ port, timeoutMs: 200 }), failsWith("upstream_timeout", /in time/));
  silent.close();
  await assert.rejects(open({ port }), failsWith("upstream_failed", /ECONNREFUSED/));
});

Deno.test(
  "port 993 is TLS from the start, and a certificate that nobody signed is good for this machine only",
  {
    ignore: !mayListen(993),
  },
  async () => {
    const folder = new URL("../support/certificates/", import.meta.url);
    const [cert = "", key = ""] = await Promise.all(
      ["shop.pem", "shop-key.pem"].map((name) => Deno.readTextFile(new URL(name, folder))),
    );
    await using imap = await startFakeImap({ tls: { cert, key }, port: 993 });
    const box = await mailboxOf(imap).open(forever());
    assert.deepEqual(await box.unseen(), []);
    box.close();
    await assert.rejects(
      mailboxOf(imap, { host: "0.0.0.0" }).open(forever()),
      failsWith("upstream_failed", /./),
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
  assert.ok(await took(() => idling(imap, { box, act: () => imap.cut() })) < 5000);
  await assert.rejects(box.unseen(), failsWith("upstream_failed", /./));
  box.close();

  const stopping = new AbortController();
  const other = await mailboxOf(imap).open(stopping.signal);
  assert.ok(await took(() => idling(imap, { box: other, act: () => stopping.abort() })) < 1000);
  await assert.rejects(mailboxOf(imap).open(stopping.signal));
});

const noToken = { load: () => Promise.resolve(null), save: () => Promise.resolve() };

function byToken(
  imap: FakeImap,
  oauth: OauthAccount,
  more: Partial<Parameters<typeof openImap>[1]> = {},
): Mailbox {
  const { port, user } = imap;
  const around = { maxBytes: 1000, fetch, now: () => 0, kept: noToken, ...more };
  return openImap({ host: "127.0.0.1", port, user, pass: null, oauth }, around);
}

Deno.test("a mailbox is opened with an access token that is asked for once while it is good", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  imap.put("Subject: a\r\n\r\nx");
  imap.letIn("access-1");
  let now = 0;
  const mailbox = byToken(imap, provider.account, { now: () => now });
  for (let i = 0; i < 2; i++) {
    const box = await mailbox.open(forever());
    assert.deepEqual(await box.unseen(), [1]);
    box.close();
  }
  assert.deepEqual(imap.sasl, Array(2).fill(`user=${imap.user}\x01auth=Bearer access-1\x01\x01`));
  assert.equal(provider.requests.length, 1);
  now = 3_550_000;
  imap.letIn("access-2");
  provider.gives = { access_token: "access-2", expires_in: 3600 };
  (await mailbox.open(forever())).close();
  assert.equal(provider.requests.length, 2, "before its end another one is asked for");
});

Deno.test("an access token that the server takes no more is asked for anew, and a refresh token that was replaced is kept", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  imap.letIn("access-2");
  let latest: string | null = null;
  const kept = {
    load: () => Promise.resolve(latest),
    save: (token: string) => Promise.resolve(void (latest = token)),
  };
  const mailbox = byToken(imap, provider.account, { kept });
  provider.gives = { access_token: "access-1", expires_in: 3600, refresh_token: "refresh-2" };
  await assert.rejects(mailbox.open(forever()), failsWith("upstream_rejected", /refused the sign-in/));
  assert.equal(latest, "refresh-2");
  provider.gives = { access_token: "access-2", expires_in: 3600 };
  (await mailbox.open(forever())).close();
  const again = byToken(imap, provider.account, { kept });
  (await again.open(forever())).close();
  const sent = provider.requests.map(({ text }) => new URLSearchParams(text).get("refresh_token"));
  assert.deepEqual(sent, ["refresh-1", "refresh-2", "refresh-2"]);
});

Deno.test("a refresh token that can't be saved for a while is used all the same, and saved with the next one's turn", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  imap.letIn("access-1");
  const saved: string[] = [];
  let full = true;
  let now = 0;
  const kept = {
    load: () => Promise.resolve(null),
    save: (token: string) =>
      full ? Promise.reject(new AppError("storage_full", "full")) : Promise.resolve(void saved.push(token)),
  };
  const mailbox = byToken(imap, provider.account, { kept, now: () => now });
  provider.gives = { access_token: "access-1", expires_in: 3600, refresh_token: "refresh-2" };
  await assert.rejects(mailbox.open(forever()), failsWith("storage_full", /full/));
  (await mailbox.open(forever())).close();
  full = false;
  now = 3_600_000;
  provider.gives = { access_token: "access-1", expires_in: 3600 };
  (await mailbox.open(forever())).close();
  const sent = provider.requests.map(({ text }) => new URLSearchParams(text).get("refresh_token"));
  assert.deepEqual([sent, saved], [["refresh-1", "refresh-2"], ["refresh-2"]]);
});

Deno.test("a refresh token that another process was given since is used in place of one's own", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  imap.letIn("access-1");
  let latest: string | null = null;
  let now = 0;
  const kept = {
    load: () => Promise.resolve(latest),
    save: (token: string) => Promise.resolve(void (latest = token)),
  };
  const [one, other] = [1, 2].map(() => byToken(imap, provider.account, { kept, now: () => now }));
  for (const [mailbox, given] of [[one, "refresh-2"], [other, "refresh-3"], [one, "refresh-4"]] as const) {
    provider.gives = { access_token: "access-1", expires_in: 3600, refresh_token: given };
    (await mailbox?.open(forever()))?.close();
    now += 3_600_000;
  }
  const sent = provider.requests.map(({ text }) => new URLSearchParams(text).get("refresh_token"));
  assert.deepEqual([sent, latest], [["refresh-1", "refresh-2", "refresh-3"], "refresh-4"]);
});

Deno.test("a provider that refuses is told apart from one that is away, and no secret is in the words", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  const open = (more: Partial<OauthAccount> = {}) =>
    byToken(imap, { ...provider.account, ...more }).open(forever());
  for (
    const [more, code, words] of [
      [{ refreshToken: "of-long-ago" }, "upstream_rejected", /400 invalid_grant.*consent anew/],
      [{ clientSecret: "wrong-one" }, "upstream_rejected", /401 invalid_client/],
      [{ clientSecret: null }, "upstream_rejected", /401 invalid_client/],
    ] as const
  ) {
    await assert.rejects(open(more), (error: unknown) => {
      assert.doesNotMatch(String(error), /of-long-ago|wrong-one|client-secret/);
      return failsWith(code, words)(error);
    });
  }
  provider.next({ do: "answer", status: 503, body: "later" });
  await assert.rejects(open(), failsWith("upstream_failed", /answered 503/));
  provider.next({ do: "answer", status: 200, body: "<html>" });
  await assert.rejects(open(), failsWith("upstream_failed", /no access token/));
  provider.next({ do: "drop" });
  await assert.rejects(open(), failsWith("upstream_failed", /could not be reached/));
  assert.equal(imap.logins, 0);
});

Deno.test("of a token endpoint's answer no more is read than an answer may have", async () => {
  await using imap = await startFakeImap();
  await using provider = startTokenEndpoint();
  let sent = 0;
  const endless = () => {
    const part = new TextEncoder().encode(" ".repeat(10_000));
    return new ReadableStream({
      pull(controller) {
        sent += part.length;
        if (sent > 10_000_000) controller.close();
        else controller.enqueue(part);
      },
    });
  };
  const fetch = () => Promise.resolve(new Response(endless()));
  const opening = byToken(imap, provider.account, { fetch }).open(forever());
  await assert.rejects(opening, failsWith("upstream_failed", /no answer that can be read/));
  assert.ok(sent < 200_000, `${sent} bytes`);
});

function mayListen(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

import assert from "node:assert/strict";
import type { OauthAccount } from "../../lib/adapters/mailbox/access-tokens.ts";
import { openImap } from "../../lib/adapters/mailbox/imap.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import type { Mailbox } from "../../lib/ports/mailbox.ts";
import { type FakeImap, startFakeImap } from "../support/fakes/imap.ts";
import { startTokenEndpoint } from "../support/fakes/token-endpoint.ts";
import { failsWith, forever } from "./mailbox-calls.ts";

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

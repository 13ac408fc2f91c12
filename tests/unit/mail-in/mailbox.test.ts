import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { loadConfig } from "../../../lib/config.ts";
import { createContext } from "../../../lib/context.ts";
import { mailboxTokens } from "../../../lib/mail-in/mod.ts";
import { holdTimers } from "../../support/timers.ts";
import { comments, letter, openLetters, tickets } from "./letters.ts";
import { looked, mailboxOf, openCompany, received, seen, subjects } from "./company.ts";

Deno.test("mails that nobody has seen become tickets and are marked; then each that comes, and answers by their thread", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  imap.put(letter({ Subject: "leído" }), ["\\Seen"]);
  const old = imap.put(letter({ Subject: "uno", "Message-ID": "<uno@cliente.example>" }));
  await using _reader = company.read();
  await seen(imap, old);
  await looked(l);
  assert.deepEqual(await subjects(l), ["uno"]);
  // It is pushed: the next look would be in a minute.
  const later = imap.put(letter({ Subject: "dos" }));
  const answer = imap.put(
    letter({ Subject: "Re: uno", References: "<uno@cliente.example>" }, "Sigue igual."),
  );
  await seen(imap, later, answer);
  assert.deepEqual(await subjects(l), ["dos", "uno"]);
  const [ticket] = (await tickets(l)).filter(({ subject }) => subject === "uno");
  assert.deepEqual((await comments(l, ticket?.id ?? "")).map(({ text }) => text), ["Sigue igual."]);
  assert.equal((await mailboxOf(l)).state, "up");
  assert.ok(!imap.commands.includes("EXPUNGE"));
});

Deno.test("a server that pushes nothing is looked at again and again, and a mail that a person read first is taken", async () => {
  await using company = await openCompany({ idle: false });
  const { imap, l } = company;
  await using _reader = company.read({ pollMs: 30 });
  await looked(l);
  imap.put(letter({ Subject: "leído antes" }), ["\\Seen"]);
  await eventually("it is taken", async () => (await received(l)).length === 1);
  assert.deepEqual(await subjects(l), ["leído antes"]);
});

Deno.test("after a stop or a crash at any step the reader goes on where it was: no mail twice, none lost", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const uids = ["a", "b", "c"].map((subject) => imap.put(letter({ Subject: subject })));
  {
    // The connection breaks at the second mail; the first one is taken and marked.
    imap.cutAt(uids[1] ?? 0);
    await using _reader = company.read();
    await seen(imap, uids[0] ?? 0);
  }
  imap.cutAt(null);
  {
    // As if it had died between the commit and the mark: the first mail is new to the server.
    imap.clear(uids[0] ?? 0);
    await using _reader = company.read();
    await seen(imap, ...uids);
    await looked(l);
  }
  const missed = imap.put(letter({ Subject: "d" }));
  await using _reader = company.read();
  await seen(imap, missed);
  assert.deepEqual(await subjects(l), ["a", "b", "c", "d"]);
  assert.equal((await received(l)).length, 4);
});

Deno.test("a mailbox that counts anew brings no mail again, and what is new in it", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  await using _reader = company.read();
  const first = [imap.put(letter({ Subject: "a" })), imap.put(letter({ Subject: "b" }))];
  await seen(imap, ...first);
  imap.clear(first[1] ?? 0);
  const logins = imap.logins;
  imap.renumber(100);
  await eventually("it is back", () => imap.logins > logins);
  const next = imap.put(letter({ Subject: "c" }));
  await seen(imap, 102, next);
  assert.deepEqual(await subjects(l), ["a", "b", "c"]);
  assert.equal((await received(l)).length, 3);
});

Deno.test("without its settings no mailbox is read, and health says so", async () => {
  await using l = await openLetters();
  assert.deepEqual(l.h.config.mailIn.mailboxes, []);
  assert.deepEqual((await mailboxOf(l)).state, "not_configured");
});

Deno.test("a stop ends the reader within a second: while it waits, while it connects, and between tries", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  // Of our own timers only shorter ones ring, of the client's none before half a minute.
  using _long = holdTimers(1000, { orMore: true });
  const stops = async (reader: { stop(): Promise<void> }) => {
    const began = performance.now();
    await reader.stop();
    assert.ok(performance.now() - began < 20_000);
  };
  const waiting = company.read();
  await looked(l);
  await stops(waiting);
  await eventually("the server sees it gone", () => imap.open === 0);
  imap.stop();
  const trying = company.read({ backoff: { baseMs: 60_000, maxMs: 60_000 } });
  await eventually("it failed", async () => (await mailboxOf(l)).state === "down");
  await stops(trying);
  const silent = imap.silence();
  const connecting = company.read();
  await silent;
  await stops(connecting);
});

Deno.test("a refresh token that was replaced is kept sealed, and no more once the setting is another one", async () => {
  const env = {
    IMAP_HOST: "imap.gmail.com",
    IMAP_USER: "soporte@empresa.example",
    IMAP_OAUTH_CLIENT_ID: "c",
    IMAP_OAUTH_REFRESH_TOKEN: "first-token",
  };
  await using l = await openLetters(env);
  const [mailbox] = l.h.config.mailIn.mailboxes;
  assert.ok(mailbox !== undefined);
  const tokens = mailboxTokens(l.h.system, mailbox);
  assert.equal(await tokens.load(), null);
  await tokens.save("second-token");
  assert.equal(await mailboxTokens(l.h.system, mailbox).load(), "second-token");
  const { rows } = await l.h.ports.database.client.execute("select * from mailboxes");
  assert.equal(rows.length, 1);
  assert.doesNotMatch(JSON.stringify(rows), /(first|second)-token/);
  const { config } = loadConfig({ ...env, IMAP_OAUTH_REFRESH_TOKEN: "third-token" });
  const other = createContext({ ports: l.h.ports, config, actor: l.h.system.actor, workspaceId: null });
  const [changed] = config.mailIn.mailboxes;
  assert.ok(changed !== undefined);
  assert.equal(await mailboxTokens(other, changed).load(), null);
});

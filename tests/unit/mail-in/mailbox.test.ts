import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { createImapMailbox } from "../../../lib/adapters/mailbox/imap.ts";
import { loadConfig } from "../../../lib/config.ts";
import { createContext } from "../../../lib/context.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { commentTicket } from "../../../lib/tickets/mod.ts";
import { holdMailbox, listMails, mailboxAccount, mailboxTokens } from "../../../lib/mail-in/mod.ts";
import type { MailboxReaderOptions } from "../../../workers/mailbox.ts";
import { createMailboxReader } from "../../../workers/mailbox.ts";
import { type FakeImap, type FakeImapOptions, startFakeImap } from "../../support/fakes/imap.ts";
import { comments, letter, type Letters, openLetters, tickets } from "./letters.ts";

const MAX_BYTES = 20_000;
const BACKOFF = { baseMs: 20, maxMs: 100 };

/** A company whose mail lies on an IMAP server. */
async function openCompany({ pass, ...options }: FakeImapOptions & { pass?: string } = {}) {
  const imap = await startFakeImap(options);
  const l = await openLetters({
    IMAP_HOST: "127.0.0.1",
    IMAP_PORT: String(imap.port),
    IMAP_USER: imap.user,
    IMAP_PASS: pass ?? imap.pass,
  });
  return {
    imap,
    l,
    read: (more: Partial<MailboxReaderOptions> = {}) => startReader(l, more),
    async [Symbol.asyncDispose]() {
      await l[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
    },
  };
}

function startReader({ h }: Letters, more: Partial<MailboxReaderOptions> = {}, at = 0) {
  const imap = h.config.mailIn.mailboxes[at];
  assert.ok(imap !== undefined);
  const reader = createMailboxReader({
    context: h.system,
    mailbox: createImapMailbox({ ...imap, maxBytes: MAX_BYTES }),
    account: mailboxAccount(imap),
    holder: "owner",
    backoff: BACKOFF,
    ...more,
  });
  reader.start();
  return { stop: () => reader.stop(), [Symbol.asyncDispose]: () => reader.stop() };
}

const seen = (imap: FakeImap, ...uids: number[]) =>
  eventually(`${uids} are seen`, () => uids.every((uid) => imap.flagsOf(uid).includes("\\Seen")));
const subjects = async (l: Letters) => {
  await l.settle();
  return (await tickets(l)).map(({ subject }) => subject).toSorted();
};
const received = async (l: Letters) => (await listMails(l.ctx, { limit: 50 })).data;

async function mailboxOf(l: Letters): Promise<{ state: string; detail?: string }> {
  const admin = await l.h.person({ platformAdmin: true });
  const { body } = await l.h.request("GET", "/api/health/complete", { token: admin.token });
  return body.services.find(({ name }: { name: string }) => name === "mailbox");
}

/** What the reader wrote last. */
const looked = (l: Letters) =>
  eventually("it has looked", async () => (await mailboxOf(l)).detail?.includes("last look") ?? false);

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

Deno.test("a wrong password is tried once and then rests, and health says it; a server that is away is tried until it is back", async () => {
  await using company = await openCompany({ pass: "falso" });
  const { imap, l } = company;
  {
    await using _reader = company.read();
    await eventually("health tells it", async () => (await mailboxOf(l)).state === "down");
    assert.match((await mailboxOf(l)).detail ?? "", /refused the sign-in/);
    await new Promise((resolve) => setTimeout(resolve, 300)); // many times the backoff
    assert.equal(imap.logins, 1);
    const { body } = await l.h.request("GET", "/api/health", { token: l.token });
    assert.equal(body.status, "degraded");
    assert.ok(!JSON.stringify(body).includes("imap://"), "others than admins see no address");
    assert.ok(!JSON.stringify(l.h.ports.log.lines).includes("falso"));
  }
  await using other = await openCompany();
  await using _reader = other.read();
  await looked(other.l);
  await other.imap.stop();
  await eventually("health tells it", async () => (await mailboxOf(other.l)).state === "down");
  await other.imap.start();
  const uid = other.imap.put(letter({ Subject: "de vuelta" }));
  await seen(other.imap, uid);
  await eventually("health tells it", async () => (await mailboxOf(other.l)).state === "up");
  assert.deepEqual(await subjects(other.l), ["de vuelta"]);
});

Deno.test("a mail that is too large stays, flagged, and its sender hears of it once; a machine hears nothing", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const body = "x".repeat(MAX_BYTES);
  const large = imap.put(letter({ Subject: "Fotos", "Message-ID": "<f@cliente.example>" }, body));
  const machine = imap.put(letter({ Subject: "Boletín", Precedence: "bulk" }, body));
  const next = imap.put(letter({ Subject: "chica" }));
  await using _reader = company.read();
  await seen(imap, large, machine, next);
  assert.ok(imap.flagsOf(large).includes("\\Flagged"));
  assert.deepEqual(await subjects(l), ["chica"]);
  assert.deepEqual((await received(l)).map(({ state, reason }) => [state, reason]), [
    ["opened", null],
    ["ignored", "precedence"],
    ["refused", "too_large"],
  ]);
  const bounces = l.h.ports.mail.sent.filter(({ subject }) => /No pudimos recibir/.test(subject));
  assert.deepEqual(bounces.map(({ to, inReplyTo }) => [to, inReplyTo]), [[
    "ana@cliente.example",
    "<f@cliente.example>",
  ]]);
});

Deno.test("hostile mails hold up nobody: what breaks the connection is left after some tries, what is no mail is unreadable", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const nested = Array.from(
    { length: 200 },
    (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`,
  );
  const hostile = [
    imap.put(Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)),
    imap.put(letter({ "Content-Type": "multipart/mixed; boundary=b0" }, nested.join(""))),
    imap.put(`Subject: ${"=?utf-8?B?".repeat(1000)}\r\nFrom: <<>>@@,,;:\r\n\r\n`),
    imap.put(letter({ Subject: "'; DROP TABLE tickets; -- \\Seen) A1 LOGOUT" })),
    imap.put(""),
  ];
  const poison = imap.put(letter({ Subject: "veneno" }));
  const after = imap.put(letter({ Subject: "después" }));
  imap.cutAt(poison);
  await using _reader = company.read();
  await seen(imap, ...hostile, after);
  assert.deepEqual(imap.flagsOf(poison), ["\\Flagged"]);
  assert.ok((await subjects(l)).includes("después"));
  const left = (await received(l)).find(({ reason }) => reason === "not_fetched");
  assert.equal(left?.state, "unreadable");
  assert.ok((await received(l)).every(({ state }) => state !== "received"));
});

Deno.test("while our store refuses, a mail stays unread; it is taken when there is room again", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const { blobs } = l.h.ports;
  const put = blobs.put.bind(blobs);
  let refusals = 0;
  blobs.put = () => {
    refusals++;
    return Promise.reject(new AppError("storage_full", "The storage is full"));
  };
  const uid = imap.put(letter({ Subject: "lleno" }));
  await using _reader = company.read();
  // More often than what a mail may fail by itself.
  await eventually("it was refused", () => refusals > 8);
  assert.deepEqual(imap.flagsOf(uid), []);
  assert.match((await mailboxOf(l)).detail ?? "", /The storage is full/);
  blobs.put = put;
  await seen(imap, uid);
  assert.deepEqual(await subjects(l), ["lleno"]);
});

Deno.test("of several processes over one database one reads; when it ends another does so, at once or after its lease", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const [mailbox] = l.h.config.mailIn.mailboxes;
  assert.ok(mailbox !== undefined);
  const account = mailboxAccount(mailbox);
  await holdMailbox(l.h.system, { account, holder: "killed", leaseMs: 60_000 });
  const first = company.read({ holder: "one", pollMs: 30 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(imap.logins, 0);
  l.h.clock.advance(61_000);
  await looked(l);
  await using _second = company.read({ holder: "two", pollMs: 30 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(imap.logins, 1);
  await first.stop();
  await eventually("the second reads", () => imap.logins === 2);
  const uid = imap.put(letter());
  await seen(imap, uid);
  assert.equal((await subjects(l)).length, 1);
});

Deno.test("without its settings no mailbox is read, and health says so", async () => {
  await using l = await openLetters();
  assert.deepEqual(l.h.config.mailIn.mailboxes, []);
  assert.deepEqual((await mailboxOf(l)).state, "not_configured");
});

Deno.test("a stop ends the reader within a second: while it waits, while it connects, and between tries", async () => {
  await using company = await openCompany();
  const { imap, l } = company;
  const stops = async (reader: { stop(): Promise<void> }) => {
    const began = performance.now();
    await reader.stop();
    assert.ok(performance.now() - began < 1000);
  };
  const waiting = company.read();
  await looked(l);
  await stops(waiting);
  await eventually("the server sees it gone", () => imap.open === 0);
  await imap.stop();
  const trying = company.read({ backoff: { baseMs: 60_000, maxMs: 60_000 } });
  await eventually("it failed", async () => (await mailboxOf(l)).state === "down");
  await stops(trying);
  const silent = Deno.listen({ hostname: "127.0.0.1", port: imap.port });
  const connecting = company.read();
  const conn = await silent.accept();
  await stops(connecting);
  conn.close();
  silent.close();
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

Deno.test("of two mailboxes each is read, a workspace's address is answered from, and health tells of the worse one", async () => {
  await using one = await startFakeImap();
  await using two = await startFakeImap({ pass: "c:a,v@" });
  const user = encodeURIComponent(two.user);
  await using l = await openLetters({
    IMAP_HOST: "127.0.0.1",
    IMAP_PORT: String(one.port),
    IMAP_USER: one.user,
    IMAP_PASS: one.pass,
    IMAP_MORE: `imap://${user}:${encodeURIComponent("c:a,v@")}@127.0.0.1:${two.port}`,
  });
  const ventas = await l.h.person({ platformAdmin: true });
  const body = { address: "ventas@acme.example" };
  await l.h.request("POST", "/api/mail-addresses", { token: ventas.token, body });
  one.put(letter({ Subject: "a la casa" }));
  two.put(letter({ Subject: "a ventas", To: "ventas@acme.example" }));
  await using _first = startReader(l);
  {
    await using _second = startReader(l, {}, 1);
    await Promise.all([seen(one, 1), seen(two, 1)]);
    await eventually("both do well", async () => (await mailboxOf(l)).state === "up");
  }
  await l.settle();
  assert.deepEqual(await subjects(l), ["a la casa"]);
  const [ticket] = await tickets(ventas);
  assert.equal(ticket?.subject, "a ventas");
  await commentTicket(ventas.ctx, { ticketId: ticket?.id ?? "", text: "Vamos", visibility: "public" });
  await l.settle();
  assert.equal(l.h.ports.mail.sent.at(-1)?.from, "ventas@acme.example");

  await two.stop();
  await using _again = startReader(l, {}, 1);
  await eventually("health tells it", async () => (await mailboxOf(l)).state === "down");
  assert.match(
    (await mailboxOf(l)).detail ?? "",
    new RegExp(`:${one.port}/INBOX.*; .*:${two.port}/INBOX.*:`),
  );
});

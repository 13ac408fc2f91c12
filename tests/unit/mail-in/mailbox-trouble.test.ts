import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { letter } from "./letters.ts";
import { looked, mailboxOf, MAX_BYTES, openCompany, received, seen, subjects } from "./company.ts";

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
  other.imap.stop();
  await eventually("health tells it", async () => (await mailboxOf(other.l)).state === "down");
  other.imap.start();
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

import assert from "node:assert/strict";
import { createDisabledMailer } from "../../lib/adapters/mail/disabled.ts";
import { createMailersInOrder } from "../../lib/adapters/mail/in-order.ts";
import { createResendMailer } from "../../lib/adapters/mail/resend.ts";
import { createMailParser } from "../../lib/adapters/mail-parser/postal.ts";
import { createSmtpMailer } from "../../lib/adapters/mail/smtp.ts";
import type { MailProviderName } from "../../lib/config-mail.ts";
import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";
import type { Mailer } from "../../lib/ports/mail.ts";
import { startFakeResend } from "../support/fakes/resend.ts";
import { startFakeSmtp } from "../support/fakes/smtp.ts";
import { freeAddress } from "../support/loopback.ts";

const mail = { to: "ana@x.example", subject: "Alguien espera: ñ", text: "Hola\n.\nadiós", id: "msg_1" };
const mailer = (port: number, options = {}) =>
  createSmtpMailer({
    host: "127.0.0.1",
    port,
    user: null,
    pass: null,
    from: "Cauce <no-reply@cauce.example>",
    ...options,
  });
const failsWith = (code: ErrorCode, retryable: boolean) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.retryable === retryable;

Deno.test("a mail arrives whole, with its id as Message-ID", async () => {
  const smtp = await startFakeSmtp();
  await mailer(smtp.port).send({ ...mail, html: "<p>Hola</p>" });
  const [got] = smtp.mails;
  assert.equal(got?.from, "no-reply@cauce.example");
  assert.deepEqual(got?.to, ["ana@x.example"]);
  assert.match(got?.raw ?? "", /^Message-ID: <msg_1@cauce\.example>/m);
  assert.match(got?.raw ?? "", /^Subject: =\?UTF-8\?/m);
  assert.match(got?.raw ?? "", /^From: Cauce <no-reply@cauce\.example>/m);
  assert.match(got?.raw ?? "", /<p>Hola<\/p>/);
  assert.match(got?.raw ?? "", /adi=C3=B3s/);
  await smtp.close();
});

Deno.test("a mail with a sender of its own leaves from there, by SMTP and over HTTP", async () => {
  const own = { ...mail, from: "ventas@acme.example", replyTo: "ventas@acme.example" };
  const smtp = await startFakeSmtp();
  await mailer(smtp.port).send(own);
  await mailer(smtp.port).send({ ...own, fromName: "Acme" });
  assert.deepEqual(smtp.mails.map(({ from }) => from), ["ventas@acme.example", "ventas@acme.example"]);
  assert.match(smtp.mails[0]?.raw ?? "", /^From: ventas@acme\.example\r?$/m);
  assert.match(smtp.mails[1]?.raw ?? "", /^From: Acme <ventas@acme\.example>/m);
  assert.match(smtp.mails[0]?.raw ?? "", /^Message-ID: <msg_1@cauce\.example>/m);
  const hostile = { ...own, from: "a@x.example\r\nBcc: b@x.example" };
  await assert.rejects(mailer(smtp.port).send(hostile), failsWith("validation_failed", false));
  await smtp.close();

  await using resend = startFakeResend();
  const http = createResendMailer(
    { apiKey: "re_test_0123456789", baseUrl: resend.origin, from: "Cauce <no-reply@cauce.example>" },
    { fetch },
  );
  await http.send(own);
  await http.send({ ...own, id: "msg_2", fromName: "Acme" });
  assert.deepEqual([...resend.mails.values()].map(({ from }) => from), [
    "ventas@acme.example",
    '"Acme" <ventas@acme.example>',
  ]);
});

Deno.test("files in a mail arrive byte for byte under their names, and no name adds a header", async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);
  const files = [
    { name: "informe ñ.bin", contentType: "application/octet-stream", bytes },
    { name: "x.txt", contentType: "text/plain", bytes: new TextEncoder().encode("hola\r\n.\r\n") },
  ];
  const smtp = await startFakeSmtp();
  await mailer(smtp.port).send({ ...mail, files });
  const read = await createMailParser().parse(new TextEncoder().encode(smtp.mails[0]?.raw ?? ""));
  assert.deepEqual(read.files.map(({ name, bytes }) => [name, bytes.byteLength]), [
    ["informe ñ.bin", 70_000],
    ["x.txt", 9],
  ]);
  assert.deepEqual(new Uint8Array(read.files[0]?.bytes ?? []), bytes);
  await smtp.close();
  await using resend = startFakeResend();
  const over = createResendMailer({
    apiKey: resend.env["RESEND_API_KEY"] ?? "",
    baseUrl: resend.origin,
    from: "no-reply@cauce.example",
  }, { fetch });
  await over.send({ ...mail, files });
  const { attachments } = JSON.parse(JSON.stringify(resend.mails.get(mail.id))) as {
    attachments: { filename: string; content: string; content_type: string }[];
  };
  assert.deepEqual(attachments.map(({ filename, content_type }) => [filename, content_type]), [
    ["informe ñ.bin", "application/octet-stream"],
    ["x.txt", "text/plain"],
  ]);
  assert.deepEqual(Uint8Array.fromBase64(attachments[0]?.content ?? ""), bytes);
});

Deno.test("a mail server's password is used, and a wrong one may be retried once it is mended", async () => {
  const smtp = await startFakeSmtp({ user: "cauce", pass: "right" });
  await mailer(smtp.port, { user: "cauce", pass: "right" }).send(mail);
  assert.equal(smtp.mails.length, 1);
  await assert.rejects(
    mailer(smtp.port, { user: "cauce", pass: "wrong" }).send(mail),
    failsWith("upstream_failed", true),
  );
  await smtp.close();
});

Deno.test("a 4xx may be retried, a 5xx is refused for good", async () => {
  const smtp = await startFakeSmtp({ refuse: { "full@x.example": 452, "none@x.example": 550 } });
  await assert.rejects(
    mailer(smtp.port).send({ ...mail, to: "full@x.example" }),
    failsWith("upstream_failed", true),
  );
  await assert.rejects(
    mailer(smtp.port).send({ ...mail, to: "none@x.example" }),
    failsWith("upstream_rejected", false),
  );
  await smtp.close();
});

Deno.test("a server that turns us away, or our sender, may not turn the next one away", async () => {
  const closed = await startFakeSmtp({ greetWith: 554 });
  await assert.rejects(mailer(closed.port).send(mail), failsWith("upstream_failed", true));
  await closed.close();
  const strict = await startFakeSmtp({ refuseFrom: 553 });
  await assert.rejects(mailer(strict.port).send(mail), failsWith("upstream_failed", true));
  assert.equal(strict.mails.length, 0);
  await strict.close();
});

Deno.test("a server that never speaks is a timeout, and none at all may be retried", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = silent.accept();
  await assert.rejects(
    mailer(silent.addr.port, { timeoutMs: 200 }).send(mail),
    failsWith("upstream_timeout", true),
  );
  (await accepted).close();
  silent.close();
  const { host, port } = freeAddress();
  await assert.rejects(
    mailer(port, { host }).send(mail),
    failsWith("upstream_failed", true),
  );
});

Deno.test("a line break or a second address adds no header and no recipient", async () => {
  const smtp = await startFakeSmtp();
  const evil = [
    { ...mail, subject: "Hi\r\nBcc: all@x.example" },
    { ...mail, to: "ana@x.example, all@x.example" },
    { ...mail, to: "ana@x.example\nBcc: all@x.example" },
    { ...mail, to: "Ana <ana@x.example>" },
    { ...mail, to: "ana" },
    { ...mail, id: "a>\r\nX: y" },
  ];
  for (const it of evil) {
    await assert.rejects(mailer(smtp.port).send(it), failsWith("validation_failed", false));
  }
  assert.equal(smtp.mails.length, 0);
  await smtp.close();
});

Deno.test("a password is never sent in the clear to another machine's server without TLS", async () => {
  const smtp = await startFakeSmtp({ user: "cauce", pass: "right" });
  const remote = mailer(smtp.port, { host: "localhost.", user: "cauce", pass: "right" });
  await assert.rejects(remote.send(mail), AppError);
  assert.equal(smtp.mails.length, 0);
  await smtp.close();
});

Deno.test("without settings mail is refused with what to set", async () => {
  const none = createDisabledMailer();
  assert.equal(none.configured, false);
  await assert.rejects(none.send(mail), /SMTP_HOST/);
});

Deno.test("ways to mail in an order: the next one takes what one can't send, and what can't be sent at all is tried later", async () => {
  await using vendor = startFakeResend();
  const smtp = await startFakeSmtp({ refuse: { "full@x.example": 452, "gone@x.example": 550 } });
  const { RESEND_API_KEY: apiKey = "" } = vendor.env;
  const overHttp = createResendMailer(
    { apiKey, baseUrl: vendor.origin, from: "Cauce <no-reply@x.example>" },
    { fetch },
  );
  const to = (address: string, id: string) => ({ ...mail, to: address, id });
  const named = (name: MailProviderName, mailer: Mailer) => ({ name, mailer, idempotent: name === "resend" });
  const both = createMailersInOrder([named("smtp", mailer(smtp.port)), named("resend", overHttp)]);
  assert.equal(both.configured, true);
  await both.send(to("ana@x.example", "a-1"));
  assert.deepEqual([smtp.mails.length, vendor.mails.size], [1, 0]);
  await both.send(to("full@x.example", "a-2"));
  await assert.rejects(both.send(to("gone@x.example", "a-7")), failsWith("upstream_rejected", false));
  assert.equal(vendor.mails.size, 1, "a refusal that is final is not tried elsewhere");
  const other = createMailersInOrder([named("resend", overHttp), named("smtp", mailer(smtp.port))]);
  await other.send(to("ana@x.example", "a-8"));
  assert.deepEqual([smtp.mails.length, vendor.mails.size], [1, 2]);
  await smtp.close();
  await both.send(to("luis@x.example", "a-3"));
  assert.deepEqual([...vendor.mails.keys()], ["a-2", "a-8", "a-3"]);
  await assert.rejects(both.send(to("no address", "a-4")), { code: "validation_failed" });
  await vendor[Symbol.asyncDispose]();
  await assert.rejects(
    both.send(to("ana@x.example", "a-5")),
    (thrown) => thrown instanceof AppError && thrown.retryable,
  );
  assert.equal(createMailersInOrder([]).configured, false);
  assert.equal(createMailersInOrder([named("resend", overHttp)]), overHttp);
});

import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { AppError } from "../../../lib/kernel/errors.ts";
import { listMails, MAIL_LIMITS, takeMail } from "../../../lib/mail-in/mod.ts";
import { commentTicket, updateTicket } from "../../../lib/tickets/mod.ts";
import { comments, letter, openLetters, SECRET, tickets } from "./letters.ts";

Deno.test("a mail becomes a ticket of its sender, once; the answer goes out in its thread and comes back to it", async () => {
  await using l = await openLetters();
  const first = letter({ "Message-ID": "<first@cliente.example>" });
  await l.arrive(first);
  await l.arrive(first);
  const [ticket, ...others] = await tickets(l);
  assert.equal(others.length, 0);
  assert.deepEqual([ticket?.subject, ticket?.source], ["El aire no enfría", "email"]);
  const ticketId = ticket?.id ?? "";
  await commentTicket(l.ctx, { ticketId, text: "¿Desde cuándo?", visibility: "public" });
  await commentTicket(l.ctx, { ticketId, text: "Cliente difícil", visibility: "private" });
  await l.settle();
  const sent = l.h.ports.mail.sent.filter(({ to }) => to === "ana@cliente.example");
  assert.equal(sent.length, 1);
  const [mail] = sent;
  assert.equal(mail?.inReplyTo, "<first@cliente.example>");
  assert.equal(mail?.byPerson, true);
  assert.match(mail?.replyTo ?? "", /^soporte\+[a-z0-9]{16}@empresa\.example$/);
  assert.match(mail?.text ?? "", /¿Desde cuándo\?/);
  const ours = `<${mail?.id}@empresa.example>`;
  const quoted =
    "Desde ayer.\n\nEl lun, 5 ene 2026, Soporte <avisos@empresa.example> escribió:\n> ¿Desde cuándo?\n";
  await l.arrive(letter({ To: "soporte@empresa.example", "In-Reply-To": ours, References: ours }, quoted));
  await l.arrive(
    letter({ To: `Soporte <${mail?.replyTo?.toUpperCase()}>`, Subject: "otra cosa" }, "Y gotea."),
  );
  assert.equal((await tickets(l)).length, 1);
  const said = (await comments(l, ticketId)).filter(({ author }) => author === "customer").map(({ text }) =>
    text
  );
  assert.deepEqual(said.sort(), ["Desde ayer.", "Y gotea."]);
  await commentTicket(l.ctx, { ticketId, text: "Vamos hoy.", visibility: "public" });
  await l.settle();
  const next = l.h.ports.mail.sent.at(-1);
  assert.ok(next?.references?.includes(ours) && next.references.includes("<first@cliente.example>"));
});

Deno.test("who knows a thread writes in it as the one who wrote, not as the one who asked", async () => {
  await using l = await openLetters();
  await l.arrive(letter({ "Message-ID": "<first@cliente.example>" }));
  const [ticket] = await tickets(l);
  const thread = { "In-Reply-To": "<first@cliente.example>", References: "<first@cliente.example>" };
  await l.arrive(letter({ ...thread, "Message-ID": "<2@cliente.example>" }, "Soy yo."));
  const stranger = { ...thread, "Message-ID": "<3@otro.example>", From: "Eva <eva@otro.example>" };
  await l.arrive(letter(stranger, "Cancelen todo."));
  assert.equal((await tickets(l)).length, 1);
  const said = new Map((await comments(l, ticket?.id ?? "")).map((one) => [one.text, one.author_id]));
  assert.equal(said.get("Soy yo."), ticket?.contact_id);
  const other = said.get("Cancelen todo.");
  assert.ok(other !== undefined && other.startsWith("con_") && other !== ticket?.contact_id);
});

Deno.test("a mail with files brings them whole, and names those that are not taken", async () => {
  await using l = await openLetters();
  const boundary = "b1";
  const part = (name: string, type: string, content: string) =>
    `--${boundary}\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${
      btoa(content)
    }\r\n`;
  const body = `--${boundary}\r\nContent-Type: text/plain\r\n\r\nMire las fotos\r\n${
    part("a.pdf", "application/pdf", "%PDF-1.4 x")
  }${part("b.exe", "application/octet-stream", "MZ\u0090\u0000\u0003")}--${boundary}--`;
  await l.arrive(letter({ "Content-Type": `multipart/mixed; boundary=${boundary}` }, body));
  const [ticket] = await tickets(l);
  const [comment] = await comments(l, ticket?.id ?? "");
  assert.deepEqual(comment?.attachments.map(({ name }) => name), ["a.pdf"]);
  const { body: shown } = await l.h.request("GET", `/api/tickets/${ticket?.id}`, { token: l.token });
  assert.match(shown.description, /Mire las fotos[\s\S]*b\.exe/);
});

Deno.test("a mail of 30 MB with 200 files is kept whole; one with more files is refused with an answer and leaves nothing", async () => {
  await using l = await openLetters();
  const many = (count: number, bytes: number) => {
    const content = btoa("%PDF-1.4 ".padEnd(bytes, "x")).replace(/.{76}/g, "$&\r\n");
    const file = (at: number) =>
      `--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="f${at}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`;
    return `--b\r\nContent-Type: text/plain\r\n\r\nVea\r\n${
      Array.from({ length: count }, (_, at) => file(at)).join("")
    }--b--`;
  };
  const mixed = { "Content-Type": "multipart/mixed; boundary=b" };
  const large = letter(mixed, many(200, 112_000));
  assert.ok(large.length > 30_000_000 && large.length < MAIL_LIMITS.bytes);
  await l.arrive(large);
  const [ticket] = await tickets(l);
  const [comment] = await comments(l, ticket?.id ?? "");
  assert.equal(comment?.attachments.length, 200);
  await l.arrive(letter({ ...mixed, Subject: "Fotos" }, many(251, 20)));
  assert.equal((await tickets(l)).length, 1);
  const [refused] = (await listMails(l.ctx, { limit: 1 })).data;
  assert.deepEqual([refused?.state, refused?.reason], ["refused", "too_many_files"]);
  const bounce = l.h.ports.mail.sent.at(-1);
  assert.match(bounce?.subject ?? "", /No pudimos recibir su correo: Fotos/);
  assert.equal(bounce?.byPerson, undefined);
  const raw = new Uint8Array(MAIL_LIMITS.bytes + 1);
  await assert.rejects(
    takeMail(l.h.system, { raw, format: "mime" }),
    (thrown) => thrown instanceof AppError && thrown.code === "payload_too_large",
  );
});

Deno.test("mails of machines, of ourselves and too many of one sender become nothing, so no loop goes on", async () => {
  await using l = await openLetters();
  const machines: Record<string, string>[] = [
    { "Auto-Submitted": "auto-replied" },
    { "Auto-Submitted": "auto-generated; owner-email=x" },
    { Precedence: "bulk" },
    { Precedence: "list" },
    { "List-Id": "<news.example>" },
    { "Return-Path": "<>" },
    { From: "MAILER-DAEMON@mx.example" },
    { From: "no-reply@shop.example" },
    { From: "avisos@empresa.example" },
    { From: "soporte+abc@empresa.example" },
    { From: "<>" },
  ];
  for (const more of machines) await l.arrive(letter(more));
  assert.equal((await tickets(l)).length, 0);
  const ignored = (await listMails(l.ctx, { limit: 50 })).data;
  assert.deepEqual(new Set(ignored.map(({ state }) => state)), new Set(["ignored"]));
  assert.equal(l.h.ports.mail.sent.length, 0);
  await l.arrive(letter({ "Auto-Submitted": "no" }));
  for (let n = 0; n < 65; n++) await l.arrive(letter({ Subject: `n ${n}` }));
  assert.equal((await tickets(l)).length, 50);
  const { body } = await l.h.request("GET", "/api/mails?limit=10", { token: l.token });
  assert.ok(body.data.some(({ reason }: { reason: string | null }) => reason === "too_many"));
});

Deno.test("an answer opens a resolved ticket again, and what is no mail is unreadable, not lost", async () => {
  await using l = await openLetters();
  await l.arrive(letter({ "Message-ID": "<r@cliente.example>" }));
  const [ticket] = await tickets(l);
  await updateTicket(l.ctx, { ticketId: ticket?.id ?? "", state: "resolved" });
  await l.arrive(letter({ References: "<r@cliente.example>" }, "Sigue igual."));
  assert.equal((await tickets(l))[0]?.state, "open");
  const json = new TextEncoder().encode("{not json");
  await takeMail(l.h.system, { raw: json, format: "json" });
  await l.settle();
  assert.equal((await listMails(l.ctx, { limit: 1 })).data[0]?.state, "unreadable");
});

Deno.test("an answer to a closed ticket that is longer than a description opens one that follows it, and is not lost", async () => {
  await using l = await openLetters();
  await l.arrive(letter({ "Message-ID": "<r@cliente.example>" }));
  const [ticket] = await tickets(l);
  await updateTicket(l.ctx, { ticketId: ticket?.id ?? "", state: "closed" });
  await l.arrive(letter({ References: "<r@cliente.example>" }, "El registro dice:\n".repeat(5000)));
  const [next] = await tickets(l);
  assert.equal(next?.follows_id, ticket?.id);
  assert.ok((next?.description.length ?? 0) > 40_000);
});

Deno.test("POST /api/hooks/email takes 30 MB with 200 files whole, and refuses more with the limit before it reads it", async () => {
  await using l = await openLetters();
  l.h.clock.set(Date.now());
  const post = async (body: string, more: Record<string, string> = {}) => {
    const at = new Date();
    return await l.h.request("POST", "/api/hooks/email", {
      body,
      headers: {
        "content-type": "message/rfc822",
        "webhook-id": "msg_1",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(SECRET).sign("msg_1", at, body),
        ...more,
      },
    });
  };
  const content = btoa("%PDF-1.4 ".padEnd(112_000, "x")).replace(/.{76}/g, "$&\r\n");
  const files = Array.from(
    { length: 200 },
    (_, at) =>
      `--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="f${at}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`,
  ).join("");
  const large = letter({ "Content-Type": "multipart/mixed; boundary=b" }, `${files}--b--`);
  assert.ok(large.length > 30_000_000);
  assert.equal((await post(large)).status, 202);
  await l.settle();
  const [ticket] = await tickets(l);
  assert.equal((await comments(l, ticket?.id ?? ""))[0]?.attachments.length, 200);

  const announced = await post("x", { "content-length": String(MAIL_LIMITS.bytes + 1) });
  assert.deepEqual([announced.status, announced.body.max_bytes], [413, MAIL_LIMITS.bytes]);
  const { status, body } = await post("x".repeat(MAIL_LIMITS.bytes + 1));
  assert.deepEqual([status, body.max_bytes], [413, MAIL_LIMITS.bytes]);
  assert.match(body.detail, /larger than 36700160 bytes/);
  assert.equal((await listMails(l.ctx, { limit: 10 })).data.length, 1);
});

Deno.test("large mails are let in a few at a time, so that nobody fills the memory with them; small ones always", async () => {
  await using l = await openLetters();
  const held: (() => void)[] = [];
  const slow = () =>
    l.h.request("POST", "/api/hooks/email", {
      body: new ReadableStream({ start: (controller) => void held.push(() => controller.close()) }),
    });
  const open = Array.from({ length: 4 }, slow);
  const fifth = await slow();
  assert.deepEqual([fifth.status, fifth.body.code], [503, "busy"]);
  assert.ok(Number(fifth.headers.get("retry-after")) > 0);
  const small = await l.h.request("POST", "/api/hooks/email", {
    body: "x",
    headers: { "content-length": "1" },
  });
  assert.equal(small.status, 401);
  for (const end of held) end();
  assert.deepEqual((await Promise.all(open)).map(({ status }) => status), [401, 401, 401, 401]);
  assert.equal((await l.h.request("POST", "/api/hooks/email", { body: "x" })).status, 401);
});

Deno.test("POST /api/hooks/email takes a signed mail, as MIME or JSON, and nothing else", async () => {
  await using l = await openLetters();
  l.h.clock.set(Date.now());
  const post = async (body: string, { type = "message/rfc822", secret = SECRET, at = new Date() } = {}) => {
    const signature = new Webhook(secret).sign("msg_1", at, body);
    return await l.h.request("POST", "/api/hooks/email", {
      body,
      headers: {
        "content-type": type,
        "webhook-id": "msg_1",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": signature,
      },
    });
  };
  const mail = letter();
  assert.equal((await post(mail, { secret: `whsec_${btoa("x".repeat(32))}` })).status, 401);
  assert.equal((await post(mail, { at: new Date(Date.now() - 600_000) })).status, 401);
  assert.equal((await l.h.request("POST", "/api/hooks/email", { body: mail })).status, 401);
  assert.equal((await post(mail)).status, 202);
  assert.equal((await post(mail)).body.id, null);
  const json = JSON.stringify({
    from: "Luis <luis@cliente.example>",
    to: "soporte@empresa.example",
    subject: "Por JSON",
    text: "Hola",
    headers: { "Message-ID": "<j@cliente.example>" },
    attachments: [{ filename: "a.pdf", content: btoa("%PDF-1.4 x") }],
  });
  assert.equal((await post(json, { type: "application/json" })).status, 202);
  await l.settle();
  assert.deepEqual((await tickets(l)).map(({ subject }) => subject).sort(), [
    "El aire no enfría",
    "Por JSON",
  ]);
  const states = (await listMails(l.ctx, { limit: 10 })).data.map(({ state }) => state);
  assert.deepEqual(states, ["opened", "opened"]);
});

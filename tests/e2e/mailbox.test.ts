import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { type FakeImap, startFakeImap } from "../support/fakes/imap.ts";
import { startFakeSmtp } from "../support/fakes/smtp.ts";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";

const letter = (headers: Record<string, string>, text: string) =>
  [
    "From: Ana <ana@cliente.example>",
    "To: soporte@empresa.example",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    text,
    "",
  ].join("\r\n");

const seen = (imap: FakeImap, uid: number) =>
  eventually("the mail is seen", () => imap.flagsOf(uid).includes("\\Seen"));

Deno.test("a mail on an IMAP server becomes a ticket, its answer goes out in the thread and the next mail comes back to it, over a kill too", async () => {
  await using folder = await temporaryFolder();
  await using imap = await startFakeImap();
  const smtp = await startFakeSmtp();
  const options = {
    data: join(folder.path, "data"),
    env: {
      ADMIN_PASSWORD,
      IMAP_HOST: "127.0.0.1",
      IMAP_PORT: String(imap.port),
      IMAP_USER: imap.user,
      IMAP_PASS: imap.pass,
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(smtp.port),
      MAIL_FROM: "Soporte <avisos@empresa.example>",
    },
  };
  const first = imap.put(
    letter({ Subject: "No enfría", "Message-ID": "<uno@cliente.example>" }, "Desde ayer."),
  );
  const killed = await startServer(options);
  await seen(imap, first);
  await killed.kill();
  imap.clear(first); // as if it had died before the mark
  const whileAway = imap.put(
    letter({ Subject: "Factura", "Message-ID": "<dos@cliente.example>" }, "Falta una."),
  );

  const server = await startServer(options);
  const authorization = `Bearer ${await signIn(server.url)}`;
  const call = async (path: string, body?: unknown) => {
    const response = await fetch(`${server.url}${path}`, {
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return await response.json();
  };
  await seen(imap, whileAway);
  const tickets = await eventually("two tickets", async () => {
    const { data } = await call("/api/tickets");
    return data.length === 2 ? data : null;
  });
  const ticket = tickets.find(({ subject }: { subject: string }) => subject === "No enfría");
  await call(`/api/tickets/${ticket.id}/comments`, { text: "¿Qué modelo es?", visibility: "public" });
  const { raw } = await eventually(
    "the answer goes out",
    () => smtp.mails.find(({ to, raw }) => to.includes("ana@cliente.example") && raw.includes("modelo")),
  );
  assert.match(raw, /^In-Reply-To: <uno@cliente\.example>/m);
  assert.match(raw, /^References: (?:<[^>]+>\s+)*<uno@cliente\.example>/m);
  assert.match(raw, /^Reply-To: soporte\+[a-z0-9]{16}@empresa\.example/m);
  const ours = /^Message-ID: (<[^>]+>)/m.exec(raw)?.[1] ?? "";

  const answer = imap.put(letter({ Subject: "Re: No enfría", "In-Reply-To": ours }, "El azul."));
  await seen(imap, answer);
  await eventually("the answer is a comment", async () => {
    const { data } = await call(`/api/tickets/${ticket.id}/comments`);
    return data.find(({ text, author }: { text: string; author: string }) =>
      text === "El azul." && author === "customer"
    );
  });
  assert.equal((await call("/api/tickets")).data.length, 2);
  const { services } = await call("/api/health/complete");
  const { state, detail } = services.find(({ name }: { name: string }) => name === "mailbox");
  assert.equal(state, "up");
  assert.match(detail, /^imap:\/\/soporte%40empresa\.example@127\.0\.0\.1:\d+\/INBOX: last look at /);

  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
  assert.equal(imap.open, 0);
  await smtp.close();
});

import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { commentTicket } from "../../../lib/tickets/mod.ts";
import { holdMailbox, mailboxAccount } from "../../../lib/mail-in/mod.ts";
import { startFakeImap } from "../../support/fakes/imap.ts";
import { letter, openLetters, tickets } from "./letters.ts";
import { looked, mailboxOf, openCompany, seen, startReader, subjects } from "./company.ts";

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

  two.stop();
  await using _again = startReader(l, {}, 1);
  await eventually("health tells it", async () => (await mailboxOf(l)).state === "down");
  assert.match(
    (await mailboxOf(l)).detail ?? "",
    new RegExp(`:${one.port}/INBOX.*; .*:${two.port}/INBOX.*:`),
  );
});

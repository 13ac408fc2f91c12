import assert from "node:assert/strict";
import { listMails, mailTools, takeMail } from "../../../lib/mail-in/mod.ts";
import { commentTicket } from "../../../lib/tickets/mod.ts";
import { comments, letter, type Letters, openLetters, tickets } from "./letters.ts";

const add = (l: Letters, token: string, body: unknown) =>
  l.h.request("POST", "/api/mail-addresses", { token, body });

const subjects = async (one: Pick<Letters, "ctx">) =>
  (await tickets(one)).map(({ subject }) => subject).sort();

Deno.test("a mail that names forty thousand others is a ticket like any", async () => {
  await using l = await openLetters();
  const references = Array.from({ length: 40_000 }, (_, i) => `<${i}@x>`).join(" ");
  const json = { from: "ana@cliente.example", to: "soporte@empresa.example", subject: "largo", references };
  await takeMail(l.h.system, { raw: new TextEncoder().encode(JSON.stringify(json)), format: "json" });
  await l.settle();
  assert.deepEqual(await subjects(l), ["largo"]);
});

Deno.test("a mail goes to the workspaces whose address it was sent to, by the envelope before To and Cc, else to the default one", async () => {
  await using l = await openLetters();
  const [ventas, taller] = [await l.h.person({ platformAdmin: true }), await l.h.person()];
  const made = await add(l, taller.token, {});
  assert.match(made.body.address, /^soporte\+[a-z0-9]{16}@empresa\.example$/);
  assert.equal(
    (await add(l, ventas.token, { address: "Ventas@Acme.example" })).body.address,
    "ventas@acme.example",
  );

  await l.arrive(letter({ Subject: "a", To: "Ventas <VENTAS@acme.example>" }));
  await l.arrive(letter({ Subject: "b", To: "ventas+web@acme.example" }));
  await l.arrive(
    letter({ Subject: "c", To: "hola@taller.example", "Delivered-To": made.body.address.toUpperCase() }),
  );
  await l.arrive(letter({ Subject: "d", To: `ventas@acme.example, ${made.body.address}` }));
  await l.arrive(letter({ Subject: "e", To: "ventas@acme.example", Cc: "soporte@empresa.example" }));
  await l.arrive(
    letter({
      Subject: "f",
      To: `ventas@acme.example, ${made.body.address}`,
      "X-Original-To": "ventas@acme.example",
    }),
  );
  await l.arrive(letter({ Subject: "g", To: "nadie@acme.example" }));
  assert.deepEqual(await subjects(ventas), ["a", "b", "d", "e", "f"]);
  assert.deepEqual(await subjects(taller), ["c", "d"]);
  assert.deepEqual(await subjects(l), ["e", "g"]);
  assert.equal((await listMails(taller.ctx, { limit: 10 })).data.length, 2);

  const bytes = new TextEncoder().encode(letter({ Subject: "h", To: "lista@x.example" }));
  await takeMail(l.h.system, { raw: bytes, format: "mime", recipients: [made.body.address] });
  const json = {
    from: "ana@cliente.example",
    to: "x@y.example",
    subject: "i",
    envelope: { to: [made.body.address] },
  };
  await takeMail(l.h.system, { raw: new TextEncoder().encode(JSON.stringify(json)), format: "json" });
  await l.settle();
  assert.deepEqual(await subjects(taller), ["c", "d", "h", "i"]);

  await l.arrive(letter({ Subject: "j", From: "ventas@acme.example", To: "ventas@acme.example" }));
  assert.equal((await listMails(ventas.ctx, { limit: 1 })).data[0]?.reason, "own_address");

  await l.h.request("DELETE", `/api/mail-addresses/${made.body.id}`, { token: taller.token });
  await l.arrive(letter({ Subject: "k", To: made.body.address }));
  assert.deepEqual(await subjects(l), ["e", "g", "k"]);
});

Deno.test("the answer to a workspace's mail comes back to its ticket, whoever's the inbox is", async () => {
  await using l = await openLetters();
  const taller = await l.h.person();
  const { body: { address } } = await add(l, taller.token, {});
  await l.arrive(letter({ To: address }));
  const [ticket] = await tickets(taller);
  await commentTicket(taller.ctx, {
    ticketId: ticket?.id ?? "",
    text: "¿Desde cuándo?",
    visibility: "public",
  });
  await l.settle();
  const { replyTo = "" } = l.h.ports.mail.sent.at(-1) ?? {};
  assert.notEqual(replyTo, address);
  assert.equal((await add(l, l.token, { address: replyTo })).status, 409, "nobody else takes the answers");
  await l.arrive(letter({ To: replyTo, Subject: "Re" }, "Desde ayer."));
  assert.deepEqual([(await tickets(taller)).length, (await tickets(l)).length], [1, 0]);
  const said = await comments(taller, ticket?.id ?? "");
  assert.ok(said.some(({ text, author }) => author === "customer" && text === "Desde ayer."));
});

Deno.test("an address gives its tickets a team and a category, as long as these are there", async () => {
  await using l = await openLetters();
  const call = (method: string, path: string, body?: unknown) =>
    l.h.request(method, path, { token: l.token, body });
  const { body: team } = await call("POST", "/api/teams", { name: "Ventas" });
  const { body: category } = await call("POST", "/api/ticket-categories", { name: "Presupuesto" });
  const { body: made } = await add(l, l.token, {
    address: "soporte+ventas@empresa.example",
    team_id: team.id,
    category_id: category.id,
  });
  await l.arrive(letter({ To: "soporte+ventas@empresa.example" }));
  const [first] = await tickets(l);
  assert.deepEqual([first?.team_id, first?.category_id], [team.id, category.id]);
  await call("DELETE", `/api/teams/${team.id}`);
  await call("PATCH", `/api/mail-addresses/${made.id}`, { category_id: null });
  await l.arrive(letter({ To: "soporte+ventas@empresa.example" }));
  const [second] = await tickets(l);
  assert.deepEqual([second?.team_id, second?.category_id], [null, null]);
  const { status, body } = await call("PATCH", `/api/mail-addresses/${made.id}`, { team_id: "tea_none" });
  assert.deepEqual([status, body.errors[0].path], [422, "team_id"]);
});

Deno.test("an address that is taken, the inbox's own or somebody else's to give is refused", async () => {
  await using l = await openLetters();
  const [ana, luis] = [await l.h.person(), await l.h.person()];
  const address = "soporte+ventas@empresa.example";
  const { body: made } = await add(l, ana.token, { address });
  const refusals: readonly [string, unknown, number][] = [
    [luis.token, { address: address.toUpperCase() }, 409],
    [ana.token, { address }, 409],
    [ana.token, { address: "soporte@empresa.example" }, 409],
    [ana.token, { address: "avisos@empresa.example" }, 409],
    [ana.token, { address: "ventas@acme.example" }, 403],
    [ana.token, { address: "no es un correo" }, 422],
    [(await l.h.person({ role: "operator" })).token, {}, 403],
  ];
  for (const [token, body, status] of refusals) {
    assert.equal((await add(l, token, body)).status, status, JSON.stringify(body));
  }
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const path = `/api/mail-addresses/${made.id}`;
    const body = method === "PATCH" ? {} : undefined;
    assert.equal((await l.h.request(method, path, { token: luis.token, body })).status, 404, method);
  }
  assert.deepEqual((await l.h.request("GET", "/api/mail-addresses", { token: luis.token })).body.data, []);
  const { body: { data } } = await l.h.request("GET", "/api/mail-addresses", { token: ana.token });
  assert.deepEqual(data, [made]);
});

Deno.test("a workspace's addresses are kept from the command line as over HTTP", async () => {
  await using l = await openLetters();
  const run = async (name: string, input: unknown) => {
    const tool = mailTools.find((one) => one.name === name);
    assert.ok(tool, name);
    return tool.output.parse(await tool.call(l.ctx, input)) as Record<string, unknown>;
  };
  const { id, address } = await run("mail_addresses.add", {});
  const changed = await run("mail_addresses.change", { id, team_id: null });
  assert.deepEqual([changed["address"], changed["team_id"]], [address, null]);
  assert.deepEqual((await run("mail_addresses.list", {}))["data"], [changed]);
  await l.arrive(letter({ To: String(address) }));
  assert.equal(((await run("mails.list", {}))["data"] as unknown[]).length, 1);
  await run("mail_addresses.remove", { id });
  assert.deepEqual((await run("mail_addresses.list", {}))["data"], []);
});

Deno.test("an answer leaves from the workspace's address that was written to, and what answers it comes back to the ticket", async () => {
  await using l = await openLetters();
  const ventas = await l.h.person({ platformAdmin: true });
  const own = (await add(l, ventas.token, { address: "ventas@acme.example" })).body;
  const tagged = (await add(l, ventas.token, { address: "soporte+taller@empresa.example" })).body;
  const answer = async (to: string, name: string) => {
    await l.arrive(letter({ Subject: name, To: to, "Message-ID": `<${name}@cliente.example>` }));
    const ticketId = (await tickets(ventas)).find(({ subject }) => subject === name)?.id ?? "";
    await commentTicket(ventas.ctx, { ticketId, text: `Vamos, ${name}`, visibility: "public" });
    await l.settle();
    return { ticketId, mail: l.h.ports.mail.sent.at(-1) };
  };
  for (
    const { address, name, replyTo } of [
      { address: own.address, name: "a", replyTo: /^ventas@acme\.example$/ },
      { address: tagged.address, name: "b", replyTo: /^soporte\+taller\.[a-z0-9]{16}@empresa\.example$/ },
    ]
  ) {
    const { ticketId, mail } = await answer(address, name);
    assert.equal(mail?.from, address);
    assert.match(mail?.replyTo ?? "", replyTo);
    assert.equal(mail?.inReplyTo, `<${name}@cliente.example>`);
    const ours = `<${mail?.id}@empresa.example>`;
    await l.arrive(
      letter(
        { To: mail?.replyTo ?? "", Subject: `Re: ${name}`, "In-Reply-To": ours, References: ours },
        "Gracias",
      ),
    );
    const said = (await comments(ventas, ticketId)).map(({ text }) => text);
    assert.deepEqual(said.sort(), ["Gracias", `Vamos, ${name}`]);
  }
  // A tag brings it back also where the mails that it answers are not named.
  const { mail, ticketId } = await answer(tagged.address, "c");
  await l.arrive(letter({ To: mail?.replyTo?.toUpperCase() ?? "", Subject: "otra cosa" }, "Y gotea."));
  assert.ok((await comments(ventas, ticketId)).some(({ text }) => text === "Y gotea."));

  await l.h.request("DELETE", `/api/mail-addresses/${tagged.id}`, { token: ventas.token });
  await commentTicket(ventas.ctx, { ticketId, text: "Listo", visibility: "public" });
  await l.settle();
  const last = l.h.ports.mail.sent.at(-1);
  assert.equal(last?.from, undefined, "what is not its own any more is no sender");
  assert.match(last?.replyTo ?? "", /^soporte\+[a-z0-9]{16}@empresa\.example$/);
  assert.equal((await tickets(ventas)).length, 3);
  assert.equal((await tickets(l)).length, 0);
});

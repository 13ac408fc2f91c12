import assert from "node:assert/strict";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { MOST_IN_MAIL } from "../../lib/notifications/mod.ts";
import { ticketConsumer } from "../../lib/tickets/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { openShop, work } from "../unit/conversations/talk.ts";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

function picture(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size).fill(7);
  bytes.set(PNG);
  return bytes;
}

Deno.test("a public comment's file goes in the mail, one that is too large by a link, and a private one nowhere", async () => {
  await using h = await harness({ env: { PUBLIC_URL: "https://desk.example" } });
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  await shop.say("Hola", {
    contact: { identities: [{ kind: "email", value: "luz@example.com" }], locale: "es" },
  });
  const { body: contacts } = await desk.call("GET", "/api/contacts?q=luz");
  const ticket = await desk.open({ contact_id: contacts.data[0].id, subject: "Factura" });
  const attach = async (name: string, bytes: Uint8Array<ArrayBuffer>, visibility: string) => {
    const form = new FormData();
    form.set("file", new File([bytes], name));
    form.set("text", `Va ${name}`);
    form.set("visibility", visibility);
    const { status, body } = await desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
    assert.equal(status, 201, JSON.stringify(body));
    await drainConsumers(h.system, [ticketConsumer]);
    await work(h, handlers);
    return h.ports.mail.sent.filter(({ to }) => to === "luz@example.com");
  };
  assert.deepEqual(await attach("interna.png", picture(20), "private"), []);
  const [small] = await attach("factura.png", picture(MOST_IN_MAIL), "public");
  assert.deepEqual(
    small?.files?.map(({ name, contentType, bytes }) => [name, contentType, bytes.byteLength]),
    [
      ["factura.png", "image/png", MOST_IN_MAIL],
    ],
  );
  assert.match(small?.text ?? "", /Va factura\.png/);
  const large = picture(MOST_IN_MAIL + 1);
  const [, big] = await attach("plano.png", large, "public");
  assert.equal(big?.files, undefined);
  const link =
    /Archivos:\nplano\.png: https:\/\/desk\.example(\/api\/mail-files\/\S+)/.exec(big?.text ?? "")?.[1] ?? "";
  assert.ok(big?.html?.includes(link));
  const file = await h.request("GET", link);
  assert.deepEqual([file.status, file.headers.get("content-length")], [200, String(large.byteLength)]);
  assert.match(file.headers.get("content-disposition") ?? "", /plano\.png/);
  // Not the last one: it may be the same, or differ in bits that count for nothing.
  const changed = `${link.slice(0, -9)}${link.at(-9) === "A" ? "B" : "A"}${link.slice(-8)}`;
  for (const wrong of [changed, "/api/mail-files/x"]) {
    assert.equal((await h.request("GET", wrong)).status, 404);
  }
  h.clock.advance(91 * 86_400_000);
  assert.equal((await h.request("GET", link)).status, 404, "it is over");
});

Deno.test("what was erased before its mail went, or after, is sent to nobody and opened by nobody", async () => {
  await using h = await harness({ env: { PUBLIC_URL: "https://desk.example" } });
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  await shop.say("Hola", { contact: { identities: [{ kind: "email", value: "luz@example.com" }] } });
  const { body: contacts } = await desk.call("GET", "/api/contacts?q=luz");
  const ticket = await desk.open({ contact_id: contacts.data[0].id, subject: "Factura" });
  const form = new FormData();
  form.set("file", new File([picture(MOST_IN_MAIL + 1)], "plano.png"));
  form.set("visibility", "public");
  await desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
  await drainConsumers(h.system, [ticketConsumer]);
  await work(h, handlers);
  const link = /(\/api\/mail-files\/\S+)/.exec(h.ports.mail.sent.at(-1)?.text ?? "")?.[1] ?? "";
  assert.equal((await h.request("GET", link)).status, 200);
  await desk.call("DELETE", `/api/contacts/${contacts.data[0].id}`);
  await work(h, handlers);
  assert.equal((await h.request("GET", link)).status, 410);
});

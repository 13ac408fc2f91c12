import assert from "node:assert/strict";
import { identify } from "../../lib/conversations/mod.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { ESPIGA, names } from "./clients-world.ts";

Deno.test("a contact is of one client at most; merging contacts and clients takes the people along", async () => {
  await using h = await harness();
  const owner = await h.person();
  const call = caller(h, owner);
  const [one, two] = [
    (await call("POST", "/api/clients", { name: "Uno", tax_id: "T1" })).body,
    (await call("POST", "/api/clients", { name: "Dos", phone: "+34 612 345 678", labels: ["b"] })).body,
  ];
  const linked = await call("POST", `/api/clients/${one.id}/contacts`, {
    phone: "+52 81 8765 4321",
    name: "Ana",
    role: "compras",
  });
  assert.deepEqual([linked.status, linked.body.role, linked.body.name], [200, "compras", "Ana"]);
  const contactId = linked.body.id;
  const again = await call("POST", `/api/clients/${one.id}/contacts`, {
    contact_id: contactId,
    role: "pagos",
  });
  assert.equal(again.body.role, "pagos");
  // Whoever links the same person once more without a word of the role takes nothing away.
  const { body: kept } = await call("POST", `/api/clients/${one.id}/contacts`, { contact_id: contactId });
  assert.equal(kept.role, "pagos");
  const other = await call("POST", `/api/clients/${two.id}/contacts`, { contact_id: contactId });
  assert.deepEqual([other.status, other.body.client_id], [409, one.id]);
  const none = await call("POST", `/api/clients/${two.id}/contacts`, { contact_id: "con_none" });
  assert.deepEqual([none.status, paths(none.body)], [422, ["contact_id"]]);
  const both = await call("POST", `/api/clients/${two.id}/contacts`, {
    contact_id: contactId,
    email: "a@b.example",
  });
  assert.deepEqual(paths(both.body), ["contact_id"]);

  // An older contact turns out to be the same person: the link goes over to it.
  const { body: taken } = await call("POST", "/api/conversations", {
    contact: { external_id: "x" },
    text: "Hola",
  });
  const older = (await call("GET", `/api/conversations/${taken.conversation_id}`)).body.contact.id;
  const email = await owner.ctx.transact((tx) =>
    identify(tx, {
      identities: [{ kind: "phone", value: "+528187654321" }, { kind: "external", value: "x" }],
    })
  );
  const people = await call("GET", `/api/clients/${one.id}/contacts`);
  assert.deepEqual(people.body.data.map(({ id, role }: Record<string, string>) => [id, role]), [[
    email.id,
    "pagos",
  ]]);
  assert.ok([older, contactId].includes(email.id));

  await call("POST", `/api/clients/${one.id}/sites`, { name: "Centro", address: "x" });
  const merged = await call("POST", `/api/clients/${two.id}/merge`, { duplicate_id: one.id });
  assert.deepEqual([merged.status, merged.body.tax_id, merged.body.name], [200, "T1", "Dos"]);
  assert.equal((await call("GET", `/api/clients/${one.id}`)).body.id, two.id);
  assert.equal((await call("GET", `/api/clients/${two.id}/contacts`)).body.data.length, 1);
  assert.equal((await call("GET", `/api/clients/${two.id}/sites`)).body.data.length, 1);
  assert.deepEqual(names((await call("GET", "/api/clients")).body), ["Dos"]);
  const gone = await call("DELETE", `/api/clients/${one.id}`);
  assert.deepEqual(
    [gone.status, gone.body.merged_into],
    [409, two.id],
    "nobody means the one that it went into",
  );
  const self = await call("POST", `/api/clients/${two.id}/merge`, { duplicate_id: one.id });
  assert.deepEqual([self.status, paths(self.body)], [422, ["duplicate_id"]]);

  assert.equal((await call("DELETE", `/api/clients/${two.id}/contacts/${email.id}`)).status, 204);
  assert.equal((await call("DELETE", `/api/clients/${two.id}/contacts/${email.id}`)).status, 404);
});

Deno.test("exporting and erasing a contact covers the client who is that person, and leaves a company alone", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: person } = await call("POST", "/api/clients", {
    ...ESPIGA,
    kind: "person",
    name: "Eva Secreta",
  });
  const left = await call("POST", `/api/clients/${person.id}/sites`, {
    name: "Antes",
    address: "Calle Vieja 4",
  });
  await call("DELETE", `/api/sites/${left.body.id}`);
  await call("POST", `/api/clients/${person.id}/sites`, { name: "Casa", address: "Calle Privada 9" });
  const { body: eva } = await call("POST", `/api/clients/${person.id}/contacts`, { email: "eva@x.example" });
  const { body: company } = await call("POST", "/api/clients", { name: "Empresa" });
  const { body: luis } = await call("POST", `/api/clients/${company.id}/contacts`, {
    email: "luis@x.example",
  });
  const exported = (await call("GET", `/api/contacts/${eva.id}/export`)).body;
  assert.equal(exported.client.name, "Eva Secreta");
  const addresses = exported.client.sites.map(({ address }: { address: string }) => address);
  assert.deepEqual(addresses, ["Calle Privada 9", "Calle Vieja 4"], "also one that was removed");
  assert.equal((await call("GET", `/api/contacts/${luis.id}/export`)).body.client.name, "Empresa");
  for (const { id } of [eva, luis]) assert.equal((await call("DELETE", `/api/contacts/${id}`)).status, 200);
  assert.equal((await call("GET", `/api/clients/${person.id}`)).status, 404);
  assert.equal((await call("GET", `/api/clients/${company.id}`)).status, 200);
  assert.deepEqual((await call("GET", `/api/clients/${company.id}/contacts`)).body.data, []);
  for (const table of ["clients", "sites", "client_terms", "audit_log"]) {
    const rows = await h.ports.database.client.execute(`select * from ${table}`);
    assert.ok(!/Secreta|Privada|Vieja|secreta|1042/.test(JSON.stringify(rows.rows)), table);
  }
});

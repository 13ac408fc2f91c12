import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { letter, openLetters, tickets } from "../unit/mail-in/letters.ts";

Deno.test("a contact gets a name, a language, an address and a number; one that is somebody else's is refused", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const other = await h.person();
  const call = (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  for (const external_id of ["a", "b"]) {
    await call("POST", "/api/conversations", { contact: { external_id }, text: "Hola" });
  }
  const [b, a] = (await call("GET", "/api/contacts")).body.data;
  const path = `/api/contacts/${a.id}`;
  const changed = await call("PUT", path, {
    name: " Ana Ruiz ",
    locale: "en",
    email: "ANA@example.com",
    phone: "+52 81 1234 5678",
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const { name, locale, identities } = changed.body;
  assert.deepEqual([name, locale], ["Ana Ruiz", "en"]);
  assert.deepEqual(identities, [
    { kind: "external", value: identities[0].value },
    { kind: "email", value: "ana@example.com" },
    { kind: "phone", value: "+528112345678" },
  ]);
  const again = await call("PUT", path, { email: "ana@example.com", name: null });
  assert.deepEqual([again.body.name, again.body.identities.length], [null, 3]);
  const taken = await call("PUT", `/api/contacts/${b.id}`, { email: "ana@example.com", name: "Eva" });
  assert.deepEqual([taken.status, taken.body.contact_id], [409, a.id]);
  assert.equal((await call("GET", `/api/contacts/${b.id}`)).body.name, null, "all or nothing");
  const bad = await call("PUT", path, { name: " ", email: "no", phone: "?", locale: "Español" });
  assert.deepEqual(bad.body.errors.map((one: { path: string }) => one.path).sort(), [
    "email",
    "locale",
    "name",
    "phone",
  ]);
  const foreign = await h.request("PUT", path, { token: other.token, body: { name: "x" } });
  assert.equal(foreign.status, 404);
});

Deno.test("a mail from an address that was added to a contact is that contact's", async () => {
  await using l = await openLetters();
  const { h, token } = l;
  const talk = { contact: { external_id: "a" }, text: "Hola" };
  await h.request("POST", "/api/conversations", { token, body: talk });
  const { data: [contact] } = (await h.request("GET", "/api/contacts", { token })).body;
  const path = `/api/contacts/${contact.id}`;
  await h.request("PUT", path, { token, body: { email: "ana@cliente.example" } });
  await l.arrive(letter());
  assert.deepEqual((await tickets(l)).map(({ contact_id }) => contact_id), [contact.id]);
});

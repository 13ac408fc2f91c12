import assert from "node:assert/strict";
import { loadMigrations } from "../../../lib/adapters/db/migrations.ts";
import { exportPerson } from "../../../lib/privacy/mod.ts";
import { identify } from "../../../lib/conversations/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { type Known, openKnown, PHONE, PRIVATE_ENV } from "./person.ts";

/** Nothing else says this word. */
const TOLD = "remolacha";

interface World {
  readonly h: Harness;
  readonly known: Known;
  /** The contact that is erased. */
  readonly ana: string;
  /** Another one. */
  readonly luis: string;
  /** A client who is a person with a site, of these contacts. */
  person(...contacts: string[]): Promise<string>;
  company(...contacts: string[]): Promise<string>;
  remove(id: string): Promise<void>;
  erase(contact: string): Promise<void>;
  /** Where the person's words stand. */
  said(): Promise<string[]>;
}

async function world(h: Harness): Promise<World> {
  const known = await openKnown(h);
  const { call } = known;
  const luis = await h.system.as({ workspaceId: known.workspaceId }).transact((tx) =>
    identify(tx, { identities: [{ kind: "phone", value: "+5281000000" }], name: "Luis" })
  );
  const older = h.clock.now() - 1_000_000;
  await h.ports.database.client.execute(`update contacts set created_at = ${older} where id = '${luis.id}'`);
  const made = async (fields: object, contacts: readonly string[]) => {
    const { id } = await call("POST", "/api/clients", fields);
    for (const contact_id of contacts) await call("POST", `/api/clients/${id}/contacts`, { contact_id });
    return id;
  };
  return {
    h,
    known,
    ana: known.contactId,
    luis: luis.id,
    person: async (...contacts) => {
      const id = await made({
        kind: "person",
        name: `Ana ${TOLD}`,
        email: `${TOLD}@x.example`,
        notes: TOLD,
        labels: [TOLD],
        custom: { casa: TOLD },
      }, contacts);
      const site = await call("POST", `/api/clients/${id}/sites`, { name: TOLD, address: TOLD });
      await call("POST", `/api/clients/${id}/sites`, { name: `Otra ${TOLD}`, address: TOLD });
      await call("DELETE", `/api/sites/${site.id}`);
      await known.workAll();
      return id;
    },
    company: (...contacts) => made({ name: "Aurora" }, contacts),
    remove: async (id) => {
      await call("DELETE", `/api/clients/${id}`);
      await known.workAll();
    },
    erase: async (contact) => {
      await call("DELETE", `/api/contacts/${contact}`);
      await known.workAll();
    },
    said: () => placesOf(h, TOLD),
  };
}

Deno.test("a person who was a client twice and was removed is nobody's client, is exported, and is named nowhere once erased", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const w = await world(h);
  const gone = [await w.person(w.ana)];
  await w.remove(gone[0] ?? "");
  gone.push(await w.person(w.ana));
  await w.remove(gone[1] ?? "");
  const left = await w.said();
  for (const place of ["clients.name", "clients.notes", "sites.address", "events.data"]) {
    assert.ok(left.includes(place), `${place} is not tried`);
  }
  assert.ok(!left.includes("audit_log.detail"), "which says ids, and no names");
  const ticket = await w.known.call("POST", "/api/tickets", { subject: "Fuga", contact_id: w.ana });
  assert.equal(ticket.client_id, null);
  const company = await w.company(w.ana);
  const contacts = await w.known.call("GET", `/api/clients/${company}/contacts`);
  assert.deepEqual(contacts.data.map(({ id }: { id: string }) => id), [w.ana]);
  const found = await exportPerson(w.known.ctx, { contactId: w.ana });
  const shown = JSON.parse(JSON.stringify(found));
  assert.equal(shown.client.id, company);
  assert.deepEqual(
    shown.former_clients.map((one: { id: string; notes: string; sites: unknown[] }) => [
      one.id,
      one.notes,
      one.sites.length,
    ]),
    gone.map((id) => [id, TOLD, 2]),
  );
  await w.erase(w.ana);
  assert.deepEqual(await w.said(), []);
  assert.equal((await w.known.call("GET", `/api/clients/${company}`)).name, "Aurora");
});

Deno.test("what was done for a person who is a client, and named no contact, is exported and goes with the contact; a company's stays", async () => {
  for (const removed of [false, true]) {
    await using h = await harness({ env: PRIVATE_ENV });
    const w = await world(h);
    const { call } = w.known;
    const company = await w.company(w.luis);
    const client_id = await w.person(w.ana);
    const done = async (client_id: string, words: string) => {
      const call_ = { direction: "in", started_at: new Date(h.clock.now()).toISOString(), notes: words };
      const { id } = await call("POST", "/api/calls", { ...call_, client_id });
      await call("POST", "/api/visits", { subject: words, client_id, address: words });
      await call("POST", "/api/tickets", { subject: words, client_id, description: words });
      return id;
    };
    await done(client_id, TOLD);
    const kept = await done(company, "Calabaza");
    await w.known.workAll();
    const left = await w.said();
    for (const place of ["calls.notes", "visits.subject", "tickets.subject"]) {
      assert.ok(left.includes(place), `${place} is not tried`);
    }
    if (removed) await w.remove(client_id);
    const found = JSON.parse(JSON.stringify(await exportPerson(w.known.ctx, { contactId: w.ana })));
    for (const [key, field] of [["calls", "notes"], ["visits", "subject"], ["tickets", "subject"]] as const) {
      const words = found[key].map((one: Record<string, unknown>) => one[field]);
      assert.deepEqual([words.includes(TOLD), words.includes("Calabaza")], [true, false], key);
    }
    await w.erase(w.ana);
    assert.deepEqual(await w.said(), [], `removed: ${removed}`);
    assert.equal((await call("GET", `/api/calls/${kept}`)).notes, "Calabaza");
  }
});

Deno.test("a removed person whom two contacts had stays until the second is erased", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const w = await world(h);
  await w.remove(await w.person(w.ana, w.luis));
  await w.erase(w.ana);
  assert.ok((await w.said()).includes("clients.name"));
  await w.erase(w.luis);
  assert.deepEqual(await w.said(), []);
});

Deno.test("a removed person of no contact is forgotten at once: nobody could find it later", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const w = await world(h);
  const id = await w.person(w.ana);
  await w.known.call("DELETE", `/api/clients/${id}/contacts/${w.ana}`);
  assert.ok((await w.said()).includes("clients.name"));
  await w.remove(id);
  assert.deepEqual(await w.said(), []);
});

Deno.test("who was unlinked from a person takes nothing of that person along when erased", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const w = await world(h);
  const id = await w.person(w.ana, w.luis);
  await w.known.call("DELETE", `/api/clients/${id}/contacts/${w.ana}`);
  await w.erase(w.ana);
  assert.equal((await w.known.call("GET", `/api/clients/${id}`)).notes, TOLD);
  await w.remove(id);
  await w.erase(w.luis);
  assert.deepEqual(await w.said(), []);
});

Deno.test("two contacts made one lead to both of their persons: the standing one, and the one that was removed", async () => {
  for (const removed of [false, true]) {
    await using h = await harness({ env: PRIVATE_ENV });
    const w = await world(h);
    const [hers, his] = [await w.person(w.ana), await w.company(w.luis)];
    if (removed) await w.remove(hers);
    const one = await h.system.as({ workspaceId: w.known.workspaceId }).transact((tx) =>
      identify(tx, {
        identities: [{ kind: "phone", value: "+5281000000" }, { kind: "phone", value: PHONE }],
      })
    );
    assert.equal(one.id, w.luis);
    const { data } = await w.known.call("GET", `/api/clients/${his}/contacts`);
    assert.deepEqual(data.map(({ id }: { id: string }) => id), [w.luis], "of one client at most");
    assert.ok((await w.said()).includes("clients.name"));
    await w.erase(one.id);
    assert.deepEqual(await w.said(), [], `removed: ${removed}`);
  }
});

Deno.test("a person who was merged into a company is named nowhere by itself once its contact is erased", async () => {
  for (const contacts of [1, 0]) {
    await using h = await harness({ env: PRIVATE_ENV });
    const w = await world(h);
    const first = await w.person();
    const person = await w.person(...[w.ana].slice(0, contacts));
    const company = await w.company(w.luis);
    await w.known.call("POST", `/api/clients/${person}/merge`, { duplicate_id: first });
    await w.known.call("POST", `/api/clients/${company}/merge`, { duplicate_id: person });
    await w.known.workAll();
    if (contacts > 0) await w.erase(w.ana);
    const { rows } = await h.ports.database.client.execute(
      `select name, email, notes from clients where id in ('${first}', '${person}')`,
    );
    assert.deepEqual(rows.map(({ name, email, notes }) => [name, email, notes]), [
      ["", null, null],
      ["", null, null],
    ]);
    const { data } = await w.known.call("GET", `/api/clients/${company}/sites`);
    assert.equal(data.length, 2, "what the company took over is the company's");
    const left = await w.said();
    assert.ok(!left.includes("events.data") && !left.includes("notification_deliveries.text"), `${left}`);
  }
});

Deno.test("persons who were removed before the ways to them were kept are found again, and emptied where the contact was erased", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const w = await world(h);
  const [hers, his] = [await w.person(w.ana), await w.person(w.luis)];
  const standing = await w.person();
  for (const id of [hers, his]) await w.remove(id);
  const { client } = h.ports.database;
  await client.execute("delete from former_client_contacts");
  await w.erase(w.luis);
  const migrations = await loadMigrations();
  const found = migrations.find(({ name }) => name.endsWith("_find_persons_removed_before"));
  assert.ok(found);
  for (const statement of found.sql.split("--> statement-breakpoint")) await client.execute(statement);
  const { rows } = await client.execute("select contact_id, client_id from former_client_contacts");
  assert.deepEqual(rows.map((row) => [row["contact_id"], row["client_id"]]), [[w.ana, hers]]);
  const named = await client.execute("select id from clients where notes is not null order by id");
  assert.deepEqual(named.rows.map(({ id }) => id), [hers, standing].sort());
  const places = await client.execute(`select name from sites where client_id = '${his}'`);
  assert.deepEqual(places.rows.map(({ name }) => name), ["", ""]);
  await w.erase(w.ana);
  await w.remove(standing);
  assert.deepEqual(await w.said(), []);
});

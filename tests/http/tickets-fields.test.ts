import assert from "node:assert/strict";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { ticketTools } from "../../lib/tickets/mod.ts";
import { deskOf } from "../support/desk.ts";
import { type Harness, harness } from "../support/harness.ts";

const FIELDS = [
  { key: "modelo", label: "Modelo", type: "text" },
  { key: "garantia", label: "Garantía", type: "boolean" },
  { key: "piezas", label: "Piezas", type: "integer" },
  { key: "zonas", label: "Zonas", type: "multi_select", options: ["norte", "sur", "centro"] },
];

async function openDesk(h: Harness) {
  const owner = await h.person();
  const call = (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token: owner.token, ...(body === undefined ? {} : { body }) });
  assert.equal((await call("PUT", "/api/ticket-settings", { fields: FIELDS })).status, 200);
  const open = async (subject: string, fields: object) => {
    h.clock.advance(MINUTE);
    return (await call("POST", "/api/tickets", { subject, fields })).body.id as string;
  };
  const found = async (query: string): Promise<string> => {
    const { status, body } = await call("GET", `/api/tickets?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ subject }: { subject: string }) => subject).join(" ");
  };
  return { owner, call, open, found };
}

Deno.test("tickets are found by their custom fields, alone, together, and beside every other filter", async () => {
  await using h = await harness();
  const { owner, call, open, found } = await openDesk(h);
  const one = await open("a", { modelo: "H-200", garantia: true, piezas: 2, zonas: ["norte", "sur"] });
  await open("bomba", { modelo: "H-200", garantia: false, zonas: ["sur"] });
  await open("c", { modelo: "h 200%", piezas: 20 });
  await open("d", {});
  assert.equal(await found("custom.modelo=H-200"), "bomba a");
  assert.equal(await found("custom.modelo=h%20200%25"), "c");
  assert.equal(await found("custom.garantia=true"), "a");
  assert.equal(await found("custom.piezas=2"), "a");
  assert.equal(await found("custom.zonas=sur"), "bomba a");
  assert.equal(await found("custom.zonas=sur&custom.garantia=false"), "bomba");
  assert.equal(await found("custom.zonas=sur&custom.garantia=false&state=closed"), "");
  assert.equal(await found("custom.zonas=sur&sort=updated"), "bomba a");

  h.clock.advance(MINUTE);
  await call("PUT", `/api/tickets/${one}`, { state: "open", fields: { zonas: ["sur"], piezas: null } });
  assert.equal(await found("custom.zonas=sur&state=open"), "a");
  assert.equal(await found("custom.zonas=sur&state=new"), "bomba");
  assert.equal(await found("custom.zonas=sur&sort=updated"), "a bomba");
  assert.deepEqual([await found("custom.zonas=norte"), await found("custom.piezas=2")], ["", ""]);

  const page = await call("GET", "/api/tickets?custom.zonas=sur&limit=1&with_total=true");
  assert.deepEqual(page.body.total, { count: 2, more: false });
  assert.equal(await found(`custom.zonas=sur&limit=1&cursor=${page.body.next_cursor}`), "a");
  assert.equal(await found("custom.modelo=H-200&q=bombas"), "bomba", "words beside");

  const { body: view } = await call("POST", "/api/ticket-views", {
    name: "Sur",
    filter: { custom: { zonas: "sur", garantia: true } },
  });
  assert.equal(await found(`view=${view.id}`), "a");
  const list = ticketTools.find(({ name }) => name === "tickets.list");
  const answer = await list?.call(owner.ctx, { custom: { garantia: true } });
  assert.equal(Reflect.get(Object(answer), "data").length, 1);
});

Deno.test("a custom field that the desk does not have, too many of them and no value are refused by name", async () => {
  await using h = await harness();
  const { call } = await openDesk(h);
  const wrong = async (query: string) => {
    const { status, body } = await call("GET", `/api/tickets?${query}`);
    return [status, body.errors?.[0]?.path];
  };
  assert.deepEqual(await wrong("custom.color=rojo"), [422, "custom.color"]);
  assert.deepEqual(await wrong("custom.modelo="), [422, "custom.modelo"]);
  assert.deepEqual(await wrong(`custom.modelo=${"x".repeat(201)}`), [422, "custom.modelo"]);
  assert.deepEqual(await wrong("a=1&custom.a=1&custom.b=1&custom.c=1&custom.d=1&custom.e=1&custom.f=1"), [
    422,
    "custom",
  ]);
});

Deno.test("of another workspace's tickets none is found, of an erased person's nothing is left to find", async () => {
  await using h = await harness();
  const { call, found } = await openDesk(h);
  const other = await openDesk(h);
  await other.open("suyo", { modelo: "H-200" });
  assert.equal(await found("custom.modelo=H-200"), "");
  const { body: ticket } = await call("POST", "/api/tickets", {
    subject: "mío",
    fields: { modelo: "de Eva" },
    contact: { name: "Eva", email: "eva@espiga.example" },
  });
  assert.equal(await found("custom.modelo=de%20Eva"), "mío");
  const erased = await call("DELETE", `/api/contacts/${ticket.contact_id}`);
  assert.ok(erased.status < 300, JSON.stringify(erased.body));
  assert.equal(await found("custom.modelo=de%20Eva"), "");
  const { rows } = await h.ports.database.client.execute("select value from ticket_field_values");
  assert.deepEqual(rows.map(({ value }) => value), ["H-200"]);
});

Deno.test("pages by the last change are the same whether what is asked for is rare or not", async () => {
  await using h = await harness();
  const { owner, call } = await openDesk(h);
  const insert = (from: number, to: number, state: string) =>
    h.ports.database.client.execute({
      sql: `with recursive n(i) as (select ? union all select i + 1 from n where i < ?)
        insert into tickets (id, workspace_id, number, subject, description, state, priority, source, labels, fields,
          version, reopens, created_by, created_at, updated_at)
        select 'tkt_' || i, ?, i, i, '', ?, 'normal', 'api', '[]', '{}', 1, 0, 'usr_1', i, (i * 7919) % 10007 from n`,
      args: [from, to, owner.workspaceId, state],
    });
  await insert(1, 200, "open");
  await insert(201, 6400, "closed");
  for (const [state, from, to] of [["open", 1, 200], ["closed", 201, 6400]] as const) {
    const expected = Array.from({ length: to - from + 1 }, (_, at) => from + at)
      .sort((a, b) => (b * 7919) % 10007 - (a * 7919) % 10007);
    const seen: number[] = [];
    let cursor = "";
    do {
      const { body } = await call("GET", `/api/tickets?state=${state}&sort=updated&limit=150${cursor}`);
      seen.push(...body.data.map(({ number }: { number: number }) => number));
      cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
    } while (cursor !== "");
    assert.deepEqual(seen, expected, state);
  }
});

Deno.test("tickets from before are found by their fields after the migration", async () => {
  const folder = new URL("../../db/migrations/", import.meta.url);
  const file = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith("_ticket_fields_found.sql"));
  const sql = await Deno.readTextFile(new URL(file?.name ?? "", folder));
  await using h = await harness();
  const { call, open, found } = await openDesk(h);
  await open("a", { modelo: "H-200", garantia: true, piezas: 2, zonas: ["norte", "sur"] });
  const stored = async () =>
    (await h.ports.database.client.execute("select * from ticket_field_values order by key, value")).rows;
  const before = JSON.stringify(await stored());
  await h.ports.database.client.execute("delete from ticket_field_values");
  assert.equal(await found("custom.modelo=H-200"), "");
  await h.ports.database.client.execute(sql);
  assert.equal(JSON.stringify(await stored()), before);
  assert.equal(await found("custom.garantia=true"), "a");
  assert.equal((await call("GET", "/api/tickets")).body.data.length, 1);
});

Deno.test("a ticket with a value that its desk would not take any more can be read, changed and written back, and rid of it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const define = (fields: readonly Record<string, unknown>[]) =>
    desk.call("PUT", "/api/ticket-settings", { fields });
  const color = { key: "color", label: "Color", type: "select", options: ["rojo", "azul"] };
  const text = (key: string) => ({ key, label: key, type: "text" });
  await define([color, text("modelo"), text("nota")]);
  const { id } = await desk.open({ fields: { color: "rojo", modelo: "H-200", nota: "frágil" } });
  await define([{ ...color, options: ["azul"] }, text("nota")]);
  const { fields } = await desk.ticket(id);
  const written = await desk.put(id, { fields: { ...fields, nota: "muy frágil" } });
  assert.deepEqual([written.status, written.body.fields], [200, { ...fields, nota: "muy frágil" }]);
  for (const wrong of [{ modelo: "H-300" }, { color: "verde" }]) {
    assert.equal((await desk.put(id, { fields: wrong })).status, 422, JSON.stringify(wrong));
  }
  const rid = await desk.put(id, { fields: { modelo: null, color: null } });
  assert.deepEqual([rid.status, rid.body.fields], [200, { nota: "muy frágil" }]);
});

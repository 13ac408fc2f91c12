import assert from "node:assert/strict";
import { ticketAttachments } from "../../db/schema/tickets.ts";
import { DAY, MINUTE } from "../../lib/kernel/clock.ts";
import { sweepTicketRetention } from "../../lib/tickets/mod.ts";
import { conversationHandlers } from "../../workers/handlers/conversation-desk.ts";
import { type Harness, harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { openShop, type Shop, work } from "../unit/conversations/talk.ts";

const shopDesk = async (h: Harness): Promise<[Shop, ReturnType<typeof deskOf>]> => {
  const shop = await openShop(h);
  return [shop, deskOf(h, shop)];
};
const textsOf = (body: { data: { text: string }[] }) => body.data.map(({ text }) => text);

Deno.test("custom fields are checked by their types, each wrong one named, and required of who opens a ticket", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const fields = [
    { key: "modelo", label: "Modelo", type: "select", options: ["A", "B"], required: true },
    { key: "piezas", label: "Piezas", type: "integer" },
    { key: "compra", label: "Compra", type: "date" },
  ];
  assert.equal((await desk.call("PUT", "/api/ticket-settings", { fields })).status, 200);
  const wrong = await desk.call("PUT", "/api/ticket-settings", {
    fields: [{ key: "X y", label: "", type: "select" }, fields[0], fields[0]],
  });
  assert.deepEqual(
    [wrong.status, wrong.body.errors.map(({ path }: { path: string }) => path).sort()],
    [422, ["fields.0.key", "fields.0.label", "fields.0.options", "fields.2.key"]],
  );
  const bad = await desk.call("POST", "/api/tickets", {
    subject: "x",
    fields: { piezas: 1.5, compra: "2026-02-31", color: "rojo" },
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(
    bad.body.errors.map(({ path }: { path: string }) => path).sort(),
    ["fields.color", "fields.compra", "fields.modelo", "fields.piezas"],
  );
  const ticket = await desk.open({ fields: { modelo: "A", piezas: 2, compra: "2026-02-28" } });
  const changed = await desk.put(ticket.id, { fields: { piezas: null, modelo: "B" } });
  assert.deepEqual(changed.body.fields, { modelo: "B", compra: "2026-02-28" });
  assert.equal((await desk.put(ticket.id, { fields: { modelo: null } })).status, 422);
});

Deno.test("categories, canned replies, macros and views are kept under names of their own, and who may write them is checked", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const operator = deskOf(h, await h.person({ workspaceId: owner.workspaceId, role: "operator" }));
  const view = { name: "Urgentes", filter: { state: "live", priority: "urgent" }, shared: false };
  const made = await operator.call("POST", "/api/ticket-views", view);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await operator.call("POST", "/api/ticket-views", { ...view, name: "URGENTES" })).status, 409);
  assert.equal((await desk.call("GET", `/api/ticket-views/${made.body.id}`)).status, 404, "not shared");
  assert.equal((await desk.call("GET", "/api/ticket-views")).body.data.length, 0);
  const shared = await operator.call("PUT", `/api/ticket-views/${made.body.id}`, { shared: true });
  assert.deepEqual([shared.status, shared.body.filter.priority], [200, ["urgent"]]);
  await desk.open({ priority: "urgent" });
  await desk.open();
  const listed = await desk.call("GET", `/api/tickets?view=${made.body.id}`);
  assert.deepEqual(listed.body.data.map(({ number }: { number: number }) => number), [1]);
  assert.equal(
    (await desk.call("GET", `/api/tickets?view=${made.body.id}&priority=low`)).body.data.length,
    0,
  );
  assert.equal((await desk.call("GET", "/api/tickets?view=viw_none")).status, 422);
  assert.equal((await operator.call("POST", "/api/ticket-categories", { name: "x" })).status, 403);
  assert.equal(
    (await desk.call("POST", "/api/ticket-categories", { name: "x", team_id: "tea_none" })).status,
    422,
  );
  const unknown = await desk.call("POST", "/api/canned-replies", { name: "x", text: "Hola {{contact.nme}}" });
  assert.deepEqual([unknown.status, unknown.body.errors[0].path], [422, "text"]);
  assert.equal((await operator.call("DELETE", `/api/ticket-views/${made.body.id}`)).status, 204);
  assert.equal((await operator.call("DELETE", `/api/ticket-views/${made.body.id}`)).status, 404);
  assert.equal(
    (await operator.call("POST", "/api/ticket-views", view)).status,
    201,
    "the name is free again",
  );
});

Deno.test("a canned reply says the customer's name, and a macro does all of its actions or none", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola", {
    contact: { identities: [{ kind: "external", value: "c1" }], name: "Ana" },
  });
  const { body: canned } = await desk.call("POST", "/api/canned-replies", {
    name: "Saludo",
    text: "Hola {{ contact.name }}, su caso es {{ticket.reference}}.",
  });
  const ticket = await desk.open({ conversation_id: conversationId });
  const said = await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    canned_reply_id: canned.id,
    visibility: "public",
  });
  assert.equal(said.body.text, "Hola Ana, su caso es T-1.");
  const both = await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    text: "x",
    canned_reply_id: canned.id,
  });
  assert.equal(both.status, 422);
  const { body: macro } = await desk.call("POST", "/api/ticket-macros", {
    name: "Duplicado",
    actions: [
      { type: "add_labels", labels: ["duplicado"] },
      { type: "comment", text: "Es el mismo caso" },
      { type: "raise_priority" },
      { type: "set_state", state: "resolved" },
    ],
  });
  const done = await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: macro.id });
  assert.deepEqual(
    [done.status, done.body.state, done.body.priority, done.body.labels],
    [200, "resolved", "high", ["duplicado"]],
  );
  const { version } = await desk.ticket(ticket.id);
  const { body: illegal } = await desk.call("POST", "/api/ticket-macros", {
    name: "No se puede",
    actions: [{ type: "add_labels", labels: ["x"] }, {
      type: "set_state",
      state: "scheduled",
      in_minutes: 5,
    }],
  });
  const refused = await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: illegal.id });
  assert.deepEqual([refused.status, refused.body.allowed], [409, ["open", "closed"]]);
  const after = await desk.ticket(ticket.id);
  assert.deepEqual([after.version, after.labels], [version, ["duplicado"]]);
  assert.equal(
    (await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: "mac_none" })).status,
    404,
  );
});

Deno.test("a bulk change says of each ticket what became of it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const foreign = await deskOf(h, await h.person()).open();
  const tickets = await Promise.all(Array.from({ length: 60 }, () => desk.open()));
  const [first] = tickets;
  await desk.put(first.id, { state: "closed" });
  const ids = [...tickets.map(({ id }) => id), foreign.id, first.id];
  const answer = await desk.call("POST", "/api/tickets/bulk", {
    ticket_ids: ids,
    actions: [{ type: "set_state", state: "open" }, { type: "add_labels", labels: ["masa"] }],
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const outcomes: { ok: boolean; problem: { code: string } | null }[] = answer.body.data;
  assert.equal(outcomes.length, 61, "each once");
  assert.equal(outcomes.filter(({ ok }) => ok).length, 59);
  assert.deepEqual([outcomes[0]?.problem?.code, outcomes[60]?.problem?.code], ["conflict", "not_found"]);
  const { body } = await desk.call("GET", "/api/tickets?label=masa&with_total=true");
  assert.equal(body.total.count, 59);
  const many = { ticket_ids: Array(501).fill("t"), actions: [{ type: "explode" }] };
  const bad = await desk.call("POST", "/api/tickets/bulk", many);
  assert.deepEqual(
    [bad.status, bad.body.errors.map(({ path }: { path: string }) => path).sort()],
    [422, ["actions.0.type", "ticket_ids"]],
  );
});

Deno.test("a merged ticket hands its comments over and is closed; a split one takes some along", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana");
  const [target, source] = [await desk.open({ labels: ["a"] }), await desk.open({ labels: ["b"] })];
  const comments: { id: string }[] = [];
  for (const text of ["uno", "dos"]) {
    comments.push((await desk.call("POST", `/api/tickets/${source.id}/comments`, { text })).body);
  }
  const merge = (id: string, into: string) => desk.call("POST", `/api/tickets/${id}/merge`, { into });
  assert.equal((await merge(source.id, source.id)).status, 422);
  assert.equal((await merge(source.id, "tkt_none")).status, 422);
  const merged = await merge(source.id, target.id);
  assert.deepEqual([merged.status, merged.body.id, merged.body.labels], [200, target.id, ["a", "b"]]);
  const gone = await desk.ticket(source.id);
  assert.deepEqual([gone.state, gone.merged_into], ["closed", target.id]);
  assert.equal((await desk.call("GET", `/api/operators/${ana.id}`)).body.load, 1);
  assert.deepEqual(textsOf((await desk.call("GET", `/api/tickets/${target.id}/comments`)).body), [
    "uno",
    "dos",
  ]);
  const late = await desk.call("POST", `/api/tickets/${source.id}/comments`, { text: "tres" });
  assert.deepEqual([late.status, late.body.merged_into], [409, target.id]);
  assert.equal((await merge(source.id, target.id)).status, 409);
  const links = await desk.call("GET", `/api/tickets/${target.id}/links`);
  assert.deepEqual(links.body.data.map(({ id, relation }: Record<string, unknown>) => [id, relation]), [
    [source.id, "merged"],
  ]);
  const none = await desk.call("POST", `/api/tickets/${target.id}/split`, {
    subject: "Otro",
    comment_ids: ["cmt_x"],
  });
  assert.deepEqual([none.status, none.body.errors[0].path], [422, "comment_ids"]);
  const split = await desk.call("POST", `/api/tickets/${target.id}/split`, {
    subject: "Otro",
    comment_ids: [comments[1]?.id],
  });
  assert.deepEqual([split.status, split.body.number, split.body.follows_id], [201, 3, target.id]);
  assert.deepEqual(textsOf((await desk.call("GET", `/api/tickets/${split.body.id}/comments`)).body), ["dos"]);
  const { body: history } = await desk.call("GET", `/api/tickets/${target.id}/history`);
  assert.deepEqual(history.data.map(({ action }: { action: string }) => action).slice(0, 2), [
    "split",
    "merged",
  ]);
  const linked = await desk.call("POST", `/api/tickets/${split.body.id}/links`, {
    kind: "ticket",
    id: source.id,
  });
  assert.equal(linked.status, 201);
  const away = `/api/tickets/${split.body.id}/links/${source.id}`;
  assert.equal((await desk.call("DELETE", away)).status, 204);
  assert.equal((await desk.call("DELETE", away)).status, 404);
});

Deno.test("a file of a comment stays with the ticket, or goes out with the message that the customer gets", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  const attach = (more: Record<string, string>, bytes: BlobPart = "hola") => {
    const form = new FormData();
    form.set("file", new File([bytes], "nota.txt", { type: "text/plain" }));
    for (const [name, value] of Object.entries(more)) form.set(name, value);
    return desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
  };
  const kept = await attach({ text: "La nota" });
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  const [file] = kept.body.attachments;
  assert.deepEqual([file.name, file.size, kept.body.visibility], ["nota.txt", 4, "private"]);
  const bytes = await desk.call("GET", file.href);
  assert.deepEqual([bytes.status, bytes.body], [200, "hola"]);
  assert.match(bytes.headers.get("content-disposition") ?? "", /^attachment/);
  const other = await h.person();
  assert.equal((await h.request("GET", file.href, { token: other.token })).status, 404);
  const sent = await attach({ visibility: "public" });
  assert.match(sent.body.attachments[0].href, /^\/api\/attachments\//);
  assert.equal((await desk.call("GET", sent.body.attachments[0].href)).body, "hola");
  assert.equal((await attach({}, new Uint8Array([0x4d, 0x5a, 0, 1, 2]))).status, 415);
  const { body } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.deepEqual(body.data.map(({ attachments }: { attachments: unknown[] }) => attachments.length), [
    1,
    1,
  ]);
});

Deno.test("what the customer writes is a comment: it ends the wait, opens what was resolved within the days, and later begins a new ticket", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Se rompió la caldera");
  h.clock.advance(1000);
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { state: "pending_customer" });
  await shop.say("¿Cuándo vienen?");
  await desk.settle();
  await desk.settle();
  const woken = await desk.ticket(ticket.id);
  assert.deepEqual([woken.state, woken.history[0].action], ["open", "replied"]);
  const { body: comments } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.deepEqual(
    comments.data.map(({ text, author, visibility }: Record<string, unknown>) => [text, author, visibility]),
    [
      ["¿Cuándo vienen?", "customer", "public"],
    ],
  );
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(2 * DAY);
  await shop.say("Falla otra vez");
  await desk.settle();
  const again = await desk.ticket(ticket.id);
  assert.deepEqual([again.state, again.reopens], ["open", 1]);
  await desk.call("PUT", "/api/ticket-settings", { close_after_days: 0 });
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(20 * DAY);
  await shop.say("Ahora es la bomba");
  await shop.say("¿Hola?");
  await desk.settle();
  const { body } = await desk.call("GET", `/api/tickets?conversation_id=${conversationId}`);
  assert.deepEqual(
    body.data.map(({ number, state, follows_id }: Record<string, unknown>) => [number, state, follows_id]),
    [
      [2, "new", ticket.id],
      [1, "resolved", null],
    ],
  );
  const { body: fresh } = await desk.call("GET", `/api/tickets/${body.data[0].id}/comments`);
  assert.deepEqual(textsOf(fresh), ["Ahora es la bomba", "¿Hola?"]);
});

Deno.test("a customer is asked after the solution by a link that takes one answer, in JSON or on a plain page", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId, subject: "Caldera <b>rota</b>" });
  await desk.put(ticket.id, { state: "resolved" });
  await desk.settle();
  const messages = async () =>
    textsOf((await desk.call("GET", `/api/conversations/${conversationId}/messages`)).body);
  assert.equal((await messages()).length, 1, "not at once");
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  await desk.settle();
  const asked = (await messages()).filter((text) => text.includes("/api/surveys/"));
  assert.equal(asked.length, 1);
  const path = /\/api\/surveys\/\S+/.exec(asked[0] ?? "")?.[0] ?? "";
  const page = await h.request("GET", path, { headers: { accept: "text/html" } });
  assert.match(page.headers.get("content-type") ?? "", /text\/html/);
  assert.match(page.body, /Caldera &lt;b&gt;rota/);
  assert.doesNotMatch(page.body, /<script|<style|style=/);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const form = (fields: string) =>
    h.request("POST", path, {
      body: fields,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    });
  for (const bad of ["score=6", "score=", "comment=x"]) assert.equal((await form(bad)).status, 422, bad);
  assert.equal((await form("score=4&comment=Muy+amables")).status, 200);
  assert.equal((await h.request("POST", path, { body: { score: 1 } })).status, 409);
  assert.deepEqual((await h.request("GET", path)).body.score, 4);
  const { body: said } = await desk.call("GET", `/api/tickets/${ticket.id}/survey`);
  assert.deepEqual([said.score, said.comment], [4, "Muy amables"]);
  const { body: stats } = await desk.call("GET", "/api/tickets/stats");
  assert.deepEqual(stats.survey, { answered: { count: 1, more: false }, average: 4 });
  const forged = `${path.slice("/api/surveys/".length, -1)}${path.endsWith("A") ? "E" : "A"}`;
  for (const token of ["srv_x", "srv_x.y", forged]) {
    assert.equal((await h.request("GET", `/api/surveys/${token}`)).status, 404, token);
  }
});

Deno.test("a survey that nobody answered in its days is gone, and a ticket opened again is not asked about", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { state: "resolved" });
  await desk.put(ticket.id, { state: "open" });
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  const asked = async () => {
    const { body } = await desk.call("GET", `/api/conversations/${conversationId}/messages`);
    return textsOf(body).filter((text) => text.includes("/api/surveys/"));
  };
  assert.deepEqual(await asked(), []);
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  const path = /\/api\/surveys\/\S+/.exec((await asked())[0] ?? "")?.[0] ?? "";
  h.clock.advance(15 * DAY);
  assert.equal((await h.request("GET", path)).status, 410);
  assert.equal((await h.request("POST", path, { body: { score: 5 } })).status, 410);
  assert.equal((await desk.ticket(ticket.id)).state, "resolved");
  await desk.settle();
  assert.equal((await desk.ticket(ticket.id)).state, "closed", "after its days");
});

Deno.test("erasing a contact empties its tickets, comments, files and the log; an export holds them", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const ana = await h.person({ workspaceId: shop.workspaceId, role: "operator" });
  await desk.operator("Ana", { user_id: ana.userId });
  const { conversationId } = await shop.say("Soy Luisa Secreta");
  const ticket = await desk.open({
    conversation_id: conversationId,
    subject: "Caldera de Secreta",
    description: "Secreta llamó",
  });
  const form = new FormData();
  form.set("file", new File(["secreta"], "nota.txt"));
  form.set("text", "Secreta otra vez");
  await desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
  await desk.put(ticket.id, { subject: "Otra de Secreta" });
  await desk.settle();
  const exported = await desk.call("GET", `/api/contacts/${ticket.contact_id}/export`);
  assert.equal(exported.body.tickets[0].comments[0].text, "Secreta otra vez");
  assert.equal((await desk.call("DELETE", `/api/contacts/${ticket.contact_id}`)).status, 200);
  await work(h, conversationHandlers);
  const left = await desk.call("GET", `/api/tickets/${ticket.id}`);
  assert.deepEqual([left.status, left.body.subject, left.body.number], [200, "", 1]);
  const tables = [
    "tickets",
    "ticket_comments",
    "ticket_history",
    "events",
    "audit_log",
    "ticket_surveys",
    "notifications",
    "notification_deliveries",
    "ticket_attachments",
  ];
  for (const table of tables) {
    const { rows } = await h.ports.database.client.execute(`select * from ${table}`);
    assert.doesNotMatch(JSON.stringify(rows), /secreta/i, table);
  }
  assert.equal((await h.system.db.select().from(ticketAttachments)).length, 0);
  assert.deepEqual((await desk.call("GET", "/api/tickets?q=secreta")).body.data, []);
  const blobs = [];
  for await (const blob of h.ports.blobs.list(`${shop.workspaceId}/`)) blobs.push(blob);
  assert.deepEqual(blobs, []);
});

Deno.test("closed tickets are deleted after the days that the workspace set, and no others", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const other = deskOf(h, await h.person());
  const [old, open] = [await desk.open(), await desk.open()];
  const kept = await other.open();
  await desk.put(old.id, { state: "closed" });
  await other.put(kept.id, { state: "closed" });
  await desk.call("PUT", "/api/ticket-settings", { retention_days: 20 });
  h.clock.advance(19 * DAY);
  const sweep = async () => {
    await sweepTicketRetention(h.system);
    await desk.settle();
  };
  await sweep();
  assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 200);
  h.clock.advance(2 * DAY);
  for (const days of [0, 30]) {
    await sweepTicketRetention(h.system);
    await desk.call("PUT", "/api/ticket-settings", { retention_days: days });
    await desk.settle();
    assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 200, "the days of now hold");
    await desk.call("PUT", "/api/ticket-settings", { retention_days: 20 });
  }
  await sweep();
  assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 404);
  assert.equal((await desk.call("GET", `/api/tickets/${open.id}`)).status, 200);
  const { rows } = await h.ports.database.client.execute({
    sql: "select count(*) as n from tickets where id = ?",
    args: [kept.id],
  });
  assert.equal(Number(rows[0]?.n), 1);
});

Deno.test("the figures of the desk count what there is", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    targets: { first_response: { normal: 60, urgent: 10 } },
    counts: "wall",
    default: true,
  });
  const first = await desk.open({ priority: "urgent" });
  await desk.open();
  await desk.put(first.id, { labels: ["x"] });
  const { due_at } = await desk.ticket(first.id);
  assert.equal(due_at, new Date(h.clock.now() + 10 * MINUTE).toISOString());
  h.clock.advance(11 * MINUTE);
  const { body } = await desk.call("GET", "/api/tickets/stats");
  const counts = (figures: Record<string, { count: number }>) =>
    Object.fromEntries(
      Object.entries(figures).filter(([, { count }]) => count > 0).map(([k, { count }]) => [k, count]),
    );
  assert.deepEqual(
    [
      counts(body.states),
      counts(body.priorities),
      body.live.count,
      body.unassigned.count,
      body.overdue.count,
    ],
    [{ new: 2 }, { normal: 1, urgent: 1 }, 2, 2, 1],
  );
  const late = await desk.call("GET", "/api/tickets?overdue=true");
  assert.deepEqual(late.body.data.map(({ id, overdue }: Record<string, unknown>) => [id, overdue]), [[
    first.id,
    true,
  ]]);
});

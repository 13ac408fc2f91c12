import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";
import { reportHandlers } from "../../workers/handlers/reports.ts";
import { handlers } from "../../workers/registry.ts";
import { receiveFromApi } from "../../lib/conversations/mod.ts";
import { writePdf } from "../../lib/adapters/tables/pdf.ts";
import { writeXlsx } from "../../lib/adapters/tables/xlsx.ts";
import type { Table } from "../../lib/ports/tables.ts";
import { DATASETS } from "../../lib/reports/datasets.ts";
import { enqueue } from "../../lib/jobs/mod.ts";
import { expireReports, getReport, reportsExpire } from "../../lib/reports/mod.ts";
import { logCall } from "../../lib/calls/mod.ts";
import { createOperator } from "../../lib/operators/mod.ts";
import { createVisit } from "../../lib/visits/mod.ts";
import { openTicket, updateTicket } from "../../lib/tickets/mod.ts";
import { DAY, HOUR, iso } from "../../lib/kernel/clock.ts";

async function runReports(h: Harness): Promise<string[]> {
  const done = await work(h, reportHandlers);
  return done.filter(({ name }) => name.startsWith("reports.")).map(({ name, result }) =>
    `${name} ${result.kind}`
  );
}

/** `names.length` conversations, a day apart, the first of them now. */
async function talk(h: Harness, { ctx }: Person, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await receiveFromApi(ctx, { contact: { external_id: name, name }, text: "Hola" });
    h.clock.advance(DAY);
  }
}

Deno.test("a report comes as JSON and as CSV whose formulas are only text", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["=cmd|'/c calc'!A1", 'Luis "el" Pérez, hijo']);
  const stranger = await h.person();
  await talk(h, stranger, ["Otra"]);

  const json = await h.request("GET", "/api/v1/reports/conversations", { token: ana.token });
  assert.equal(json.status, 200);
  assert.deepEqual(json.body.data.map(({ contact }: Record<string, string>) => contact), [
    "=cmd|'/c calc'!A1",
    'Luis "el" Pérez, hijo',
  ]);
  assert.equal(json.body.data[0].messages_in, 1);
  assert.match(json.body.data[0].created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

  const csv = await h.request(
    "GET",
    "/api/reports/conversations?format=csv&columns=contact,state&language=es",
    {
      token: ana.token,
    },
  );
  assert.match(
    csv.headers.get("content-disposition") ?? "",
    /attachment; filename="Conversaciones \d{4}-.*\.csv"/,
  );
  assert.deepEqual(parse(csv.body, { bom: true }), [
    ["Contacto", "Estado"],
    ["'=cmd|'/c calc'!A1", "bot"],
    ['Luis "el" Pérez, hijo', "bot"],
  ]);
});

Deno.test("a custom report counts by day of the business's zone", async () => {
  await using h = await harness();
  const ana = await h.person();
  const zone = await h.request("PUT", "/api/business/config", {
    token: ana.token,
    body: { timezone: "America/Monterrey" },
  });
  assert.equal(zone.status, 200, JSON.stringify(zone.body));
  // Midnight of Monterrey, which has no summer time.
  const midnight = Math.ceil(h.clock.now() / DAY) * DAY + 6 * HOUR;
  const dayOf = (at: number) => iso(at).slice(0, 10);
  const [before, after] = [dayOf(midnight - DAY), dayOf(midnight)];
  h.clock.set(midnight - 1000);
  await talk(h, ana, ["a"]);
  h.clock.set(midnight);
  await receiveFromApi(ana.ctx, { contact: { external_id: "b" }, text: "Hola" });
  await receiveFromApi(ana.ctx, { contact: { external_id: "c" }, text: "Hola" });
  const ask = async (more: Record<string, unknown>) =>
    await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "conversations",
        group_by: [{ column: "created_at", bucket: "day" }],
        measures: [{ fn: "count" }, { fn: "sum", column: "messages_in" }],
        ...more,
      },
    });
  const all = await ask({});
  assert.deepEqual(all.body.data, [
    { created_at_day: before, count: 1, sum_messages_in: 1 },
    { created_at_day: after, count: 2, sum_messages_in: 2 },
  ]);
  const second = await ask({ from: after, to: after });
  assert.deepEqual(second.body.data.map(({ count }: Record<string, number>) => count), [2]);
  const filtered = await ask({ filters: [{ column: "contact", op: "contains", value: "nobody" }] });
  assert.deepEqual(filtered.body.data, []);
});

Deno.test("a report that does not fit the catalogue is refused with every path", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const { status, body } = await h.request("POST", "/api/reports/custom", {
    token,
    body: {
      dataset: "conversations",
      columns: ["state", "password_hash"],
      filters: [
        { column: "1=1; drop table users", value: "x" },
        { column: "messages_in", op: "gt", value: "many" },
        { column: "state", op: "empty", value: "x" },
        { column: "state", op: "in", value: "bot" },
      ],
      group_by: [{ column: "state", bucket: "day" }],
      measures: [{ fn: "sum" }, { fn: "avg", column: "state" }],
    },
  });
  assert.equal(status, 422);
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path), [
    "columns.1",
    "filters.0.column",
    "filters.1.value",
    "filters.2.value",
    "filters.3.value",
    "group_by.0.bucket",
    "measures.0.column",
    "measures.1.column",
    "columns",
  ]);
  const day = await h.request("GET", "/api/reports/conversations?from=2026-02-31", { token });
  assert.deepEqual([day.status, day.body.errors[0].path], [422, "from"]);
  const order = await h.request("GET", "/api/reports/conversations?from=2026-03-02&to=2026-03-01", { token });
  assert.deepEqual([order.status, order.body.errors[0].path], [422, "to"]);
  const none = await h.request("POST", "/api/reports/custom", { token, body: { dataset: "__proto__" } });
  assert.deepEqual([none.status, none.body.errors[0].path], [422, "dataset"]);
});

Deno.test("a report asked for as a file is written by a job, downloaded, listed and deleted with its file", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["Ana", "Luis"]);
  const { token } = ana;
  const asked = await h.request("POST", "/api/reports", {
    token,
    body: {
      name: "Noviembre / 1",
      definition: { dataset: "conversations", columns: ["contact"] },
      format: "csv",
    },
  });
  assert.deepEqual([asked.status, asked.body.state], [202, "queued"]);
  const path = `/api/reports/${asked.body.id}`;
  assert.equal((await h.request("GET", `${path}/download`, { token })).status, 409);
  assert.deepEqual(await runReports(h), ["reports.generate done"]);
  const done = await h.request("GET", path, { token });
  assert.deepEqual([done.body.state, done.body.rows], ["done", 2]);
  const file = await h.request("GET", `${path}/download`, { token });
  assert.deepEqual(parse(file.body, { bom: true }), [["Contacto"], ["Ana"], ["Luis"]]);
  const listed = await h.request("GET", "/api/reports", { token });
  assert.deepEqual(listed.body.data.map(({ id }: { id: string }) => id), [asked.body.id]);
  const stranger = await h.person();
  assert.equal((await h.request("GET", `${path}/download`, { token: stranger.token })).status, 404);
  assert.equal((await h.request("DELETE", path, { token })).status, 204);
  assert.equal((await h.request("GET", path, { token })).status, 404);
  assert.deepEqual(await Array.fromAsync(h.ports.blobs.list(`${ana.workspaceId}/reports/`)), []);
});

Deno.test("a filter by time takes a time, a day of the business's zone, or milliseconds", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "30d" } });
  h.clock.set(Date.UTC(2026, 2, 2, 5, 30)); // Sunday night there
  const ana = await h.person();
  const zone = { timezone: "America/Monterrey" };
  await h.request("PUT", "/api/business/config", { token: ana.token, body: zone });
  await talk(h, ana, ["domingo", "lunes", "martes"]);
  const found = async (...filters: object[]) => {
    const { status, body } = await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "conversations",
        columns: ["contact"],
        filters: filters.map((one) => ({ column: "created_at", ...one })),
      },
    });
    return status === 200 ? body.data.map(({ contact }: { contact: string }) => contact) : body.errors;
  };
  assert.deepEqual(await found({ op: "gte", value: "2026-03-02" }), ["lunes", "martes"]);
  assert.deepEqual(await found({ op: "lte", value: "2026-03-02" }), ["domingo", "lunes"]);
  assert.deepEqual(await found({ op: "gt", value: "2026-03-02" }), ["martes"]);
  assert.deepEqual(await found({ op: "lt", value: "2026-03-02" }), ["domingo"]);
  assert.deepEqual(await found({ op: "lt", value: "2026-03-02T23:30:00-06:00" }), ["domingo"]);
  assert.deepEqual(await found({ op: "eq", value: Date.UTC(2026, 2, 3, 5, 30) }), ["lunes"]);
  const [error] = await found({ op: "lt", value: "2026-02-31" });
  assert.equal(error.path, "filters.0.value");
});

Deno.test("a filter finds a text in whichever case its letters are, accents too", async () => {
  await using h = await harness();
  const ana = await h.person();
  for (const subject of ["FALLA EN EL ÁREA NORTE", "Falla en el área sur", "Área este", "Oeste"]) {
    await openTicket(ana.ctx, { subject });
  }
  for (const value of ["área", "ÁREA", "Área"]) {
    const { body } = await h.request("POST", "/api/reports/custom", {
      token: ana.token,
      body: {
        dataset: "tickets",
        columns: ["subject"],
        filters: [{ column: "subject", op: "contains", value }],
      },
    });
    assert.equal(body.data.length, 3, value);
  }
});

Deno.test("the file of a report is for those who may read its dataset", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["Ana"]);
  const { body: { id } } = await h.request("POST", "/api/reports", {
    token: ana.token,
    body: { definition: { dataset: "conversations" }, format: "csv" },
  });
  await runReports(h);
  const keyWith = async (scopes: string[]) => {
    const { body } = await h.request("POST", "/api/security/api-keys", {
      token: ana.token,
      body: { name: scopes.join(), scopes },
    });
    return body.key;
  };
  const download = async (scopes: string[]) =>
    (await h.request("GET", `/api/reports/${id}/download`, { token: await keyWith(scopes) })).status;
  assert.equal(await download(["reports:read"]), 403);
  assert.equal(await download(["reports:read", "conversations:read"]), 200);
});

Deno.test("the report on visits has those that have a time", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { id: operator_id } = await createOperator(ana.ctx, { name: "Ana" });
  const starts_at = iso(Math.ceil(h.clock.now() / DAY) * DAY + DAY);
  await createVisit(ana.ctx, { subject: "Horno", operator_id, starts_at, anyway: true });
  await createVisit(ana.ctx, { subject: "Algún día" });
  const { body } = await h.request("GET", "/api/reports/visits", { token: ana.token });
  assert.deepEqual(
    body.data.map(({ subject, operator, state }: Record<string, string>) => [subject, operator, state]),
    [["Horno", "Ana", "scheduled"]],
  );
});

Deno.test("a report deleted before its job ran leaves no file behind", async () => {
  await using h = await harness();
  const { token, workspaceId } = await h.person();
  const body = { definition: { dataset: "conversations" }, format: "json" };
  const asked = await h.request("POST", "/api/reports", { token, body });
  assert.equal((await h.request("DELETE", `/api/reports/${asked.body.id}`, { token })).status, 204);
  await runReports(h);
  assert.deepEqual(await Array.fromAsync(h.ports.blobs.list(`${workspaceId}/`)), []);
});

Deno.test("a report expires with its file after 30 days", async () => {
  await using h = await harness();
  const { ctx, token, workspaceId } = await h.person();
  const body = { definition: { dataset: "conversations" }, format: "json" };
  const asked = await h.request("POST", "/api/reports", { token, body });
  await runReports(h);
  h.clock.advance(30 * DAY + 1);
  await h.system.transact((tx) => enqueue(tx, reportsExpire, {}));
  await runReports(h);
  await assert.rejects(getReport(ctx, asked.body.id), /There is no report/);
  assert.deepEqual(await Array.fromAsync(h.ports.blobs.list(`${workspaceId}/`)), []);
});

Deno.test("the feed for BI tools gives each change once and goes on from its cursor", async () => {
  await using h = await harness();
  const ana = await h.person();
  await talk(h, ana, ["a", "b", "c"]);
  const read = async (cursor?: string) => {
    const { status, body } = await h.request(
      "GET",
      `/api/reports/analytics?dataset=conversations&columns=contact&page_size=2${
        cursor ? `&since=${cursor}` : ""
      }`,
      { token: ana.token },
    );
    assert.equal(status, 200, JSON.stringify(body));
    return { names: body.data.map(({ contact }: { contact: string }) => contact), ...body };
  };
  const first = await read();
  assert.deepEqual([first.names, first.has_more], [["a", "b"], true]);
  const second = await read(first.next_cursor);
  assert.deepEqual([second.names, second.has_more], [["c"], false]);
  assert.deepEqual((await read(second.next_cursor)).names, []);
  await receiveFromApi(ana.ctx, { contact: { external_id: "a" }, text: "Otra vez" });
  assert.deepEqual((await read(second.next_cursor)).names, [], "what just changed has not settled");
  h.clock.advance(10_000);
  assert.deepEqual((await read(second.next_cursor)).names, ["a"]);
});

Deno.test("a report comes as a PDF, also where a name has letters that the standard fonts lack", async () => {
  await using h = await harness({ ports: { tables: { xlsx: writeXlsx, pdf: writePdf } } });
  const ana = await h.person();
  await talk(h, ana, ["Ñandú 😀"]);
  const pdf = await h.request("GET", "/api/reports/conversations?format=pdf", { token: ana.token });
  assert.equal(pdf.status, 200);
  assert.match(pdf.body, /^%PDF-1\.\d[\s\S]*%%EOF\s*$/);
});

Deno.test("the reports on tickets and operators come from the same rows", async () => {
  await using h = await harness();
  const ana = await h.person();
  const opened = [];
  for (const subject of ["Fuga", "Ruido"]) {
    opened.push(await openTicket(ana.ctx, { subject, description: "", labels: ["b", "a"] }));
  }
  h.clock.advance(HOUR);
  await updateTicket(ana.ctx, { ticketId: opened[0]?.id ?? "", state: "resolved" });
  const rows = await h.request(
    "GET",
    "/api/v1/reports/tickets?columns=number,subject,resolution_time,labels",
    {
      token: ana.token,
    },
  );
  assert.deepEqual(rows.body.data, [
    { number: 1, subject: "Fuga", resolution_time: 3600, labels: "b, a" },
    { number: 2, subject: "Ruido", resolution_time: null, labels: "b, a" },
  ]);
  const grouped = await h.request("GET", "/api/v1/reports/operators", { token: ana.token });
  assert.deepEqual(grouped.body.data, [{
    assignee_id: null,
    assignee: null,
    count: 2,
    sum_resolved: 1,
    sum_reopens: 0,
    avg_first_response_time: null,
    avg_resolution_time: 3600,
  }]);
});

Deno.test("a report with recipients mails a link that opens the file without a sign-in until it expires", async () => {
  await using h = await harness({ env: { PUBLIC_URL: "https://cauce.example.com" } });
  const ana = await h.person();
  await openTicket(ana.ctx, { subject: "Fuga", description: "" });
  const asked = await h.request("POST", "/api/reports", {
    token: ana.token,
    body: {
      definition: { dataset: "tickets" },
      format: "csv",
      recipients: ["luis@example.com", "luis@example.com"],
    },
  });
  assert.deepEqual([asked.status, asked.body.recipients], [202, ["luis@example.com"]]);
  await work(h, handlers);
  const mails = h.ports.mail.sent;
  assert.deepEqual(mails.map(({ to, subject }) => [to, subject]), [["luis@example.com", "Informe: Tickets"]]);
  const link = /https:\/\/cauce\.example\.com(\/api\/reports\/linked\/\S+)/.exec(mails[0]?.text ?? "")?.[1] ??
    "";
  const file = await h.request("GET", link);
  assert.equal(file.status, 200);
  assert.match(file.body, /Fuga/);
  assert.equal((await h.request("GET", `${link}x`)).status, 404);
  h.clock.advance(31 * DAY);
  assert.equal((await h.request("GET", link)).status, 404);
});

Deno.test("the reports on calls and promises come from their rows", async () => {
  await using h = await harness();
  const ana = await h.person();
  const started = h.clock.now() - HOUR;
  await logCall(ana.ctx, {
    direction: "in",
    phone: "+528112345678",
    started_at: iso(started),
    answered_at: iso(started + 10_000),
    ended_at: iso(started + 70_000),
  });
  const calls = await h.request("GET", "/api/v1/reports/calls?columns=direction,waited,talked,missed", {
    token: ana.token,
  });
  assert.deepEqual(calls.body.data, [{ direction: "in", waited: 10, talked: 60, missed: false }]);
  const sla = await h.request("GET", "/api/v1/reports/sla", { token: ana.token });
  assert.deepEqual([sla.status, sla.body.data], [200, []]);
  for (const dataset of ["calls", "sla", "tickets", "conversations"]) {
    const all = await h.request("GET", `/api/reports/analytics?dataset=${dataset}`, { token: ana.token });
    assert.equal(all.status, 200, dataset);
  }
  const catalogue = await h.request("GET", "/api/reports/catalogue", { token: ana.token });
  for (const { dataset, columns } of catalogue.body.data) {
    const body = { dataset, columns: columns.map(({ name }: { name: string }) => name) };
    const every = await h.request("POST", "/api/reports/custom", { token: ana.token, body });
    assert.equal(every.status, 200, `every column of ${dataset}: ${JSON.stringify(every.body)}`);
  }
});

Deno.test("a report on a schedule is written at its tick, for days that move with the clock, and mailed", async () => {
  await using h = await harness();
  const ana = await h.person();
  const ask = (body: Record<string, unknown>) =>
    h.request("POST", "/api/v1/reports/schedules", {
      token: ana.token,
      body: { name: "Semana", cron: "0 8 * * 1", zone: "America/Monterrey", format: "csv", ...body },
    });
  const definition = { dataset: "tickets", range: "today" };
  const recipients = ["luis@example.com"];
  const bad = await ask({ definition: { dataset: "nothing" }, recipients });
  assert.deepEqual([bad.status, bad.body.errors[0].path], [422, "dataset"]);
  assert.equal((await ask({ definition: { ...definition, from: "2026-01-01" }, recipients })).status, 422);
  assert.equal((await ask({ definition, recipients, cron: "0 8 31 2 *" })).status, 422);
  const made = await ask({ definition, recipients });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.next_ticks.length, 10);
  await h.request("POST", "/api/schedules", {
    token: ana.token,
    body: { name: "Otra", every_ms: 3_600_000, function_name: "math.sqrt", args: [16] },
  });
  const listed = await h.request("GET", "/api/reports/schedules", { token: ana.token });
  assert.deepEqual(listed.body.data.map(({ id }: { id: string }) => id), [made.body.id]);

  await openTicket(ana.ctx, { subject: "De ayer", description: "" });
  h.clock.advance(DAY);
  await openTicket(ana.ctx, { subject: "De hoy", description: "" });
  const ran = await h.request("POST", `/api/schedules/${made.body.id}/run`, { token: ana.token });
  assert.ok(ran.status < 300, JSON.stringify(ran.body));
  await work(h, handlers);
  assert.deepEqual(h.ports.mail.sent.map(({ to, subject }) => [to, subject]), [[
    "luis@example.com",
    "Informe: Semana",
  ]]);
  const { body } = await h.request("GET", "/api/reports", { token: ana.token });
  const file = await h.request("GET", `/api/reports/${body.data[0].id}/download`, { token: ana.token });
  assert.match(file.body, /De hoy/);
  assert.doesNotMatch(file.body, /De ayer/);
});

Deno.test("a report whose work was lost fails after a day, and still comes to be when it runs after all", async () => {
  await using h = await harness();
  const ana = await h.person();
  const asked = await h.request("POST", "/api/reports", {
    token: ana.token,
    body: { definition: { dataset: "tickets" }, format: "csv" },
  });
  const state = async () => (await getReport(ana.ctx, asked.body.id)).state;
  h.clock.advance(DAY - HOUR);
  await expireReports(h.system);
  assert.equal(await state(), "queued");
  h.clock.advance(2 * HOUR);
  await expireReports(h.system);
  assert.equal(await state(), "failed");
  await work(h, handlers);
  assert.equal(await state(), "done");
});

Deno.test("a report is in the first language of the business, of whichever country", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const titleIn = async (language: string) => {
    const business = { token, body: { languages: [language] } };
    assert.equal((await h.request("PUT", "/api/business/config", business)).status, 200);
    const { body } = await h.request("GET", "/api/reports/tickets?format=json&columns=priority", { token });
    return body.columns[0].label;
  };
  assert.deepEqual([await titleIn("en-GB"), await titleIn("es-MX")], ["Priority", "Prioridad"]);
});

Deno.test("a sheet says states and the like in its language, also grouped; JSON and CSV keep their names", async () => {
  const sheet = async function* ({ columns, batches }: Table) {
    for await (const rows of batches) {
      yield new TextEncoder().encode(JSON.stringify({ columns: columns.map(({ label }) => label), rows }));
    }
  };
  await using h = await harness({ ports: { tables: { xlsx: sheet, pdf: writePdf } } });
  const ana = await h.person();
  await h.request("POST", "/api/tickets", { token: ana.token, body: { subject: "Fuga", priority: "high" } });
  const ask = async (format: string, language: string, more = {}) => {
    const body = { dataset: "tickets", columns: ["state", "priority", "subject"], format, language, ...more };
    return (await h.request("POST", "/api/reports/custom", { token: ana.token, body })).body;
  };
  assert.deepEqual(JSON.parse(await ask("xlsx", "es")).rows, [["nuevo", "alta", "Fuga"]]);
  assert.deepEqual(JSON.parse(await ask("xlsx", "en")).rows, [["new", "high", "Fuga"]]);
  const grouped = { columns: undefined, group_by: [{ column: "priority" }] };
  assert.deepEqual(JSON.parse(await ask("xlsx", "es", grouped)).rows, [["alta", 1]]);
  const json = await ask("json", "es");
  assert.deepEqual([json.data[0].state, json.data[0].priority], ["new", "high"]);
  assert.deepEqual(json.columns[0], { key: "state", label: "Estado", kind: "text" });
  assert.match(await ask("csv", "es"), /new,high,Fuga/);
  for (const [name, { columns }] of Object.entries(DATASETS)) {
    for (const key of ["state", "priority", "source", "direction", "channel", "promise"]) {
      assert.ok(columns[key] === undefined || columns[key].choices !== undefined, `${name}.${key}`);
    }
  }
});

import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { type Harness, harness } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";
import { reportHandlers } from "../../workers/handlers/reports.ts";
import { handlers } from "../../workers/registry.ts";
import { enqueue } from "../../lib/jobs/mod.ts";
import { planReport } from "../../lib/reports/plan.ts";
import { definitionSchema } from "../../lib/reports/schemas.ts";
import { countRows } from "../../lib/reports/store.ts";
import { expireReports, getReport, reportsExpire } from "../../lib/reports/mod.ts";
import { openTicket, updateTicket } from "../../lib/tickets/mod.ts";
import { DAY, HOUR } from "../../lib/kernel/clock.ts";
import { talk } from "./reports-world.ts";

async function runReports(h: Harness): Promise<string[]> {
  const done = await work(h, reportHandlers);
  return done.filter(({ name }) => name.startsWith("reports.")).map(({ name, result }) =>
    `${name} ${result.kind}`
  );
}

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

Deno.test("a day in a filter is the whole of it in every format, a day of 23 hours too, and where a row has no time", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "30d" } });
  h.clock.set(Date.UTC(2026, 2, 28));
  const ana = await h.person();
  const { token } = ana;
  await h.request("PUT", "/api/business/config", { token, body: { timezone: "Europe/Madrid" } });
  // 29 March 2026 lasts from 23:00 UTC of the day before to 22:00 UTC.
  const [start, end] = [Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22)];
  for (
    const [subject, at] of [["before", start - 1], ["first", start], ["last", end - 1], [
      "after",
      end,
    ]] as const
  ) {
    h.clock.set(at);
    const { id } = await openTicket(ana.ctx, { subject });
    if (subject !== "after") await updateTicket(ana.ctx, { ticketId: id, state: "resolved" });
  }
  const day = (op: string) => ({
    dataset: "tickets",
    columns: ["subject"],
    filters: [{ column: "resolved_at", op, value: "2026-03-29" }],
  });
  const ask = async (op: string, more: object = {}) =>
    await h.request("POST", "/api/reports/custom", { token, body: { ...day(op), ...more } });
  const subjects = async (op: string) =>
    (await ask(op)).body.data.map(({ subject }: { subject: string }) => subject);
  assert.deepEqual(await subjects("eq"), ["first", "last"]);
  assert.deepEqual(await subjects("ne"), ["before", "after"]);
  const csv = await ask("eq", { format: "csv", language: "en" });
  assert.deepEqual(parse(csv.body, { bom: true }), [["Subject"], ["first"], ["last"]]);
  const { columns: _, ...counted } = day("eq");
  const count = await h.request("POST", "/api/reports/custom", {
    token,
    body: { ...counted, measures: [{ fn: "count" }] },
  });
  assert.deepEqual(count.body.data, [{ count: 2 }]);
  for (const format of ["csv", "xlsx"]) {
    const { body: { id } } = await h.request("POST", "/api/reports", {
      token,
      body: { definition: day("eq"), format },
    });
    await work(h, reportHandlers);
    assert.equal((await h.request("GET", `/api/reports/${id}`, { token })).body.rows, 2, format);
  }
  const asked = await planReport(ana.ctx, definitionSchema.parse(day("eq")));
  assert.equal(await countRows(ana.ctx, { ...asked, most: 10 }), 2, "what decides whether a PDF can hold it");
});

import assert from "node:assert/strict";
import { clients } from "../../../db/schema/clients.ts";
import { jobs } from "../../../db/schema/jobs.ts";
import {
  changeClient,
  changeClientSettings,
  clientsContractEnds,
  createClient,
  importClients,
  mergeClients,
  removeClient,
  warnOfEnd,
} from "../../../lib/clients/mod.ts";
import { setBusiness } from "../../../lib/conversations/mod.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { openDesk } from "../rules/desk.ts";

/** A business in Monterrey (UTC-6), on the first of January 2026, with an operator and a member beside its owner. */
async function openOffice(h: Harness) {
  h.clock.set(Date.parse("2026-01-01T12:00Z"));
  const desk = await openDesk(h);
  const { ctx, workspaceId } = desk.person;
  await setBusiness(ctx, { timezone: "America/Monterrey" });
  await h.person({ role: "operator", workspaceId });
  await h.person({ role: "member", workspaceId });
  const at = async (time: string) => {
    h.clock.set(Date.parse(time));
    await desk.settle();
  };
  const events = async () =>
    (await readEvents(ctx, { after: 0, limit: 500, types: ["client.contract_warned"] }))
      .map(({ subjectId, data }) => `${subjectId} ${data["ends"]}`);
  const mails = () =>
    h.ports.mail.sent.map(({ subject }) => subject).filter((subject) => /contrato|contract/.test(subject));
  return { ctx, at, events, mails };
}

Deno.test("those who may change clients are told once, two weeks before a contract ends, and by an event", async () => {
  await using h = await harness();
  const { ctx, at, events, mails } = await openOffice(h);
  const { id } = await createClient(ctx, { name: "Espiga", contract: { ends: "2026-03-31", plan: "oro" } });
  await at("2026-03-17T14:59Z");
  assert.deepEqual([await events(), mails()], [[], []]);
  await at("2026-03-17T15:00Z");
  const said = "El contrato de Espiga termina el 31 de marzo de 2026";
  assert.deepEqual([await events(), mails()], [[`${id} 2026-03-31`], [said, said]]);
  await warnOfEnd(h.system.as({ workspaceId: ctx.workspaceId, actor: systemActor("test") }), {
    clientId: id,
    ends: "2026-03-31",
  });
  await changeClient(ctx, { id, contract: { plan: "plata" } });
  await changeClient(ctx, { id, contract: { ends: "2026-04-30" } });
  await changeClient(ctx, { id, contract: { ends: "2026-03-31" } });
  await at("2026-05-31T15:00Z");
  assert.deepEqual([(await events()).length, mails().length], [1, 2], "of an end once");
});

Deno.test("the end of a contract is told of at nine by the client's own clock, also where that changes before the end", async () => {
  await using h = await harness();
  const { ctx, at, events } = await openOffice(h);
  // Madrid: UTC+1 until 29 March 2026, then UTC+2 until 25 October.
  const client = async (ends: string) =>
    (await createClient(ctx, { name: "Espiga", timezone: "Europe/Madrid", contract: { ends } })).id;
  const [spring, autumn] = [await client("2026-04-05"), await client("2026-11-01")];
  await at("2026-03-22T07:59Z");
  assert.deepEqual(await events(), []);
  await at("2026-03-22T08:00Z");
  assert.deepEqual(await events(), [`${spring} 2026-04-05`]);
  await at("2026-10-18T06:59Z");
  assert.equal((await events()).length, 1);
  await at("2026-10-18T07:00Z");
  assert.deepEqual((await events()).at(-1), `${autumn} 2026-11-01`);
});

Deno.test("an end that moves is told of by its own day, sooner or later, and one that is gone never", async () => {
  await using h = await harness();
  const { ctx, at, events } = await openOffice(h);
  const client = async (name: string, ends: string) =>
    (await createClient(ctx, { name, contract: { ends } })).id;
  const [later, sooner, gone, removed] = [
    await client("a", "2026-03-31"),
    await client("b", "2026-12-31"),
    await client("c", "2026-03-31"),
    await client("d", "2026-03-31"),
  ];
  await client("e", "2025-12-31");
  await changeClient(ctx, { id: later, contract: { ends: "2026-06-30" } });
  await changeClient(ctx, { id: sooner, contract: { ends: "2026-03-31" } });
  await changeClient(ctx, { id: gone, contract: { ends: null } });
  await removeClient(ctx, { id: removed });
  await at("2026-04-01T15:00Z");
  assert.deepEqual(await events(), [`${sooner} 2026-03-31`]);
  await at("2026-07-01T15:00Z");
  assert.deepEqual(await events(), [`${sooner} 2026-03-31`, `${later} 2026-06-30`]);
});

Deno.test("contracts that an import brings or a merge takes over are told of too, and one that ends within days at once", async () => {
  await using h = await harness();
  const { ctx, at, events } = await openOffice(h);
  const csv = (ends: string) => `external_id,name,contract_ends\nx-1,Espiga,${ends}\n`;
  await importClients(ctx, { content: csv("2026-05-31") });
  await importClients(ctx, { content: csv("2026-03-31") });
  const [{ id } = { id: "" }] = await h.system.db.select({ id: clients.id }).from(clients);
  await at("2026-03-20T15:00Z");
  assert.deepEqual(await events(), [`${id} 2026-03-31`]);
  const { id: into } = await createClient(ctx, { name: "La Espiga" });
  const { id: from } = await createClient(ctx, { name: "Espiga 2", contract: { ends: "2026-04-30" } });
  await mergeClients(ctx, { id: into, duplicate_id: from });
  const { id: told } = await createClient(ctx, { name: "La otra" });
  await mergeClients(ctx, { id: told, duplicate_id: id });
  await at("2026-04-20T15:00Z");
  assert.deepEqual(await events(), [`${id} 2026-03-31`, `${into} 2026-04-30`]);
  const { id: soon } = await createClient(ctx, { name: "Pronto", contract: { ends: "2026-04-22" } });
  await at("2026-04-20T15:01Z");
  assert.deepEqual((await events()).at(-1), `${soon} 2026-04-22`);
});

Deno.test("the days before an end are a setting: sooner, later or never, and what was told of is not told of again", async () => {
  await using h = await harness();
  const { ctx, at, events } = await openOffice(h);
  const client = async (name: string, ends: string) =>
    (await createClient(ctx, { name, contract: { ends } })).id;
  const days = (contract_warning_days: number) => changeClientSettings(ctx, { contract_warning_days });
  const told = await client("a", "2026-03-31");
  await at("2026-03-17T15:00Z");
  assert.deepEqual(await events(), [`${told} 2026-03-31`]);

  const later = await client("b", "2026-04-30");
  const gone = await client("c", "2026-04-20");
  await removeClient(ctx, { id: gone });
  await days(7);
  await at("2026-04-23T14:59Z");
  assert.equal((await events()).length, 1, "neither again nor two weeks before");
  await at("2026-04-23T15:00Z");
  assert.deepEqual((await events()).slice(1), [`${later} 2026-04-30`]);

  const never = await client("d", "2026-05-31");
  await days(0);
  const unasked = await client("e", "2026-06-01");
  await at("2026-05-26T15:00Z");
  assert.equal((await events()).length, 2);
  await days(14);
  await at("2026-05-26T15:01Z");
  assert.deepEqual(
    (await events()).slice(2).toSorted(),
    [
      `${never} 2026-05-31`,
      `${unasked} 2026-06-01`,
    ].toSorted(),
    "at once, where the days have come",
  );

  const sooner = await client("f", "2026-12-31");
  await days(60);
  await days(90);
  await at("2026-10-02T15:00Z");
  assert.deepEqual((await events()).slice(4), [`${sooner} 2026-12-31`]);
  await days(30);
  await at("2026-12-31T15:00Z");
  assert.equal((await events()).length, 5);
  await changeClient(ctx, { id: told, contract: { ends: "2027-06-30" } });
  await at("2027-05-31T15:00Z");
  assert.deepEqual((await events()).slice(5), [`${told} 2027-06-30`], "an end that moved is another");
});

Deno.test("more contracts than a commit takes get their times by the days of now, and the timer of other days tells nobody", async () => {
  await using h = await harness();
  const { ctx, at, events } = await openOffice(h);
  const lines = Array.from({ length: 210 }, (_, n) => `x-${n},Cliente ${n},2026-06-30`);
  await importClients(ctx, { content: ["external_id,name,contract_ends", ...lines].join("\n") });
  await changeClientSettings(ctx, { contract_warning_days: 45 });
  await at("2026-05-16T15:00Z");
  const told = await events();
  assert.deepEqual([told.length, new Set(told).size], [210, 210]);
  await at("2026-06-16T15:00Z");
  assert.equal((await events()).length, 210);
});

Deno.test("the days are the workspace's own, kept as they are until others are given, and their change is audited", async () => {
  await using h = await harness();
  const [one, other] = [await h.person(), await h.person()];
  const call = async (who: typeof one, method: string, body?: unknown) =>
    await h.request(method, "/api/clients/settings", { token: who.token, body });
  assert.deepEqual((await call(one, "GET")).body, { contract_warning_days: 14 });
  for (
    const [given, days] of [[{ contract_warning_days: 0 }, 0], [{}, 0], [
      { contract_warning_days: 365 },
      365,
    ]] as const
  ) {
    assert.deepEqual((await call(one, "PUT", given)).body, { contract_warning_days: days });
  }
  for (const bad of [-1, 366, 1.5, "x", null]) {
    const { status, body } = await call(one, "PUT", { contract_warning_days: bad });
    assert.deepEqual([status, body.errors[0].path], [422, "contract_warning_days"]);
  }
  assert.deepEqual((await call(other, "GET")).body, { contract_warning_days: 14 });
  const operator = await h.person({ role: "operator", workspaceId: one.ctx.workspaceId });
  assert.equal((await call(operator, "GET")).status, 200);
  assert.equal((await call(operator, "PUT", { contract_warning_days: 3 })).status, 403);
  const { rows } = await h.ports.database.client.execute(
    "select workspace_id, detail from audit_log where action = 'clients.set' order by id",
  );
  assert.deepEqual(rows.map((row) => [row["workspace_id"], JSON.parse(String(row["detail"]))]), [
    [one.workspaceId, { contract_warning_days: 0 }],
    [one.workspaceId, {}],
    [one.workspaceId, { contract_warning_days: 365 }],
  ]);
});

Deno.test("contracts from before are told of after the migration", async () => {
  const folder = new URL("../../../db/migrations/", import.meta.url);
  const file = [...Deno.readDirSync(folder)].find(({ name }) =>
    name.endsWith("_await_the_ends_of_contracts.sql")
  );
  const sql = await Deno.readTextFile(new URL(file?.name ?? "", folder));
  await using h = await harness();
  // The migration goes by the clock of the machine.
  h.clock.set(Date.now());
  const { ctx } = await h.person();
  await setBusiness(ctx, { timezone: "UTC" });
  const day = (days: number) => new Date(h.clock.now() + days * DAY).toISOString().slice(0, 10);
  for (const [name, days] of [["a", 100], ["b", 5], ["c", -5]] as const) {
    await createClient(ctx, { name, contract: { ends: day(days) } });
  }
  await createClient(ctx, { name: "d" });
  const { id } = await createClient(ctx, { name: "e", contract: { ends: day(50) } });
  await removeClient(ctx, { id });
  const waiting = async () =>
    (await h.system.db.select().from(jobs)).filter(({ name }) => name === clientsContractEnds.name)
      .filter(({ payload }) => !JSON.stringify(payload).includes(id))
      .map(({ lane, state, payload, maxAttempts, dedupKey, runAt, rank, fence }) => ({
        ...{ lane, state, payload, maxAttempts, dedupKey, fence, late: runAt - rank },
        day: new Date(runAt).toISOString().slice(0, 10),
      })).toSorted((a, b) => String(a.dedupKey) < String(b.dedupKey) ? -1 : 1);
  const before = await waiting();
  assert.equal(before.length, 2);
  await h.ports.database.client.execute("delete from jobs");
  await h.ports.database.client.execute(sql);
  assert.deepEqual(
    (await waiting()).map((job) => ({ ...job, state: 1 })),
    before.map((job) => ({ ...job, state: 1 })),
  );
});

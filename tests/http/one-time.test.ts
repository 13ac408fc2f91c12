import assert from "node:assert/strict";
import { type Harness, harness } from "../support/harness.ts";
import { createTestClock } from "../support/ports.ts";

/** A clock that goes on by a millisecond at every look, and tells where it is without one. */
function createTickingClock() {
  const still = createTestClock();
  let looks = 0;
  return {
    ...still,
    now: () => still.now() + looks++,
    get at() {
      return still.now() + looks;
    },
  };
}

/** The times between two that rows hold, with the columns that hold them. */
async function timesIn(
  h: Harness,
  { from, to }: { from: number; to: number },
): Promise<Map<number, string[]>> {
  const ask = async (sql: string) => (await h.ports.database.client.execute(sql)).rows;
  const columns = await ask(
    `select m.name as tab, c.name as col from sqlite_master m join pragma_table_info(m.name) c
     where m.type = 'table' and m.name not like 'sqlite%' and m.sql not like '%virtual%' and lower(c.type) = 'integer'`,
  );
  const times = new Map<number, string[]>();
  for (const { tab, col } of columns) {
    const rows = await ask(
      `select distinct "${col}" as at from "${tab}" where "${col}" between ${from} and ${to}`,
    );
    for (const { at } of rows) times.set(Number(at), [...times.get(Number(at)) ?? [], `${tab}.${col}`]);
  }
  return times;
}

const HOURS = { monday: [{ from: "09:00", to: "14:00" }] };

/** By method, path and body; `{id}` is the id of the answer before. */
const DEEDS = [
  ["PUT", "/api/business/config", { name: "Taller Sol" }],
  ["POST", "/api/security/api-keys", { name: "crm" }],
  ["POST", "/api/workspaces/current/invitations", { email: "eva@empresa.example", role: "member" }],
  ["POST", "/api/schedules", { name: "raíz", cron: "0 * * * *", function_name: "math.sqrt", args: [16] }],
  ["PATCH", "/api/schedules/{id}", { cron: "30 * * * *" }],
  ["POST", "/api/knowledge/entries", { title: "Horario", body: "Abrimos a las nueve" }],
  ["POST", "/api/tickets", { subject: "Fuga", description: "Gotea", priority: "high" }],
  ["PUT", "/api/tickets/{id}", { priority: "urgent" }],
  ["POST", "/api/tickets/{id}/comments", { text: "Vamos", visibility: "public" }],
  ["POST", "/api/clients", { name: "Bar Sol" }],
  ["POST", "/api/operators", { name: "Ana", email: "ana@empresa.example" }],
  ["POST", "/api/teams", { name: "Campo" }],
  ["POST", "/api/calendars", { name: "Tienda", timezone: "Europe/Madrid", hours: HOURS }],
  ["POST", "/api/conversations", { contact: { external_id: "a" }, text: "Hola", external_message_id: "m-1" }],
  ["POST", "/api/advanced/notifications/send", {
    channel: "in_app",
    recipient: "{user}",
    subject: "Hola",
    message: "Hola",
  }],
] as const;

Deno.test("what one deed writes has one time, however often the clock is looked at", async () => {
  const clock = createTickingClock();
  await using h = await harness({ ports: { clock } });
  const ana = await h.person();
  let id = "";
  for (const [method, path, body] of DEEDS) {
    const from = clock.at;
    const given = JSON.parse(JSON.stringify(body).replace("{user}", ana.userId));
    const answer = await h.request(method, path.replace("{id}", id), { token: ana.token, body: given });
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    const times = await timesIn(h, { from, to: clock.at });
    assert.equal(times.size, 1, `${method} ${path}: ${JSON.stringify([...times])}`);
    if (method === "POST" && !path.includes("{id}")) id = answer.body.id;
  }
});

Deno.test("the tasks of a batch were all submitted at one time", async () => {
  const clock = createTickingClock();
  await using h = await harness({ ports: { clock } });
  const { token } = await h.person();
  const from = clock.at;
  const tasks = [4, 9, 16].map((number) => ({ function_name: "math.sqrt", args: [number] }));
  const { status } = await h.request("POST", "/api/high-scale-tasks/batch", { token, body: { tasks } });
  assert.equal(status, 202);
  const times = await timesIn(h, { from, to: clock.at });
  assert.equal([...times.values()].filter((columns) => columns.includes("jobs.created_at")).length, 1);
});

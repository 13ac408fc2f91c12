import assert from "node:assert/strict";
import { tellMissed } from "../../lib/calls/mod.ts";
import { harness } from "../support/harness.ts";

const START = "2026-01-05T15:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

async function openLog() {
  const h = await harness();
  const person = await h.person();
  const call = (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token: person.token, ...(body === undefined ? {} : { body }) });
  const begun = async (body: Record<string, unknown> = {}) => {
    const answer = await call("POST", "/api/calls", { direction: "in", started_at: START, ...body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  return { h, person, call, begun, [Symbol.asyncDispose]: () => h[Symbol.asyncDispose]() };
}

Deno.test("a call that is written down while it rings is answered and ended by a change of it", async () => {
  await using log = await openLog();
  const ringing = await log.begun();
  assert.equal(ringing.state, "ringing");
  const path = `/api/calls/${ringing.id}`;
  const answered = await log.call("PUT", path, { answered_at: later(8) });
  assert.deepEqual([answered.status, answered.body.state, answered.body.wait_s], [200, "in_progress", 8]);
  const noted = await log.call("PUT", path, { notes: "Pide factura" });
  assert.deepEqual([noted.body.state, noted.body.notes], ["in_progress", "Pide factura"]);
  const ended = await log.call("PUT", path, { duration_s: 95 });
  const { state, duration_s, ended_at } = ended.body;
  assert.deepEqual([state, duration_s, ended_at], ["completed", 95, later(103)]);
  const listed = await log.call("GET", "/api/calls?state=completed");
  assert.deepEqual(listed.body.data.map(({ id }: { id: string }) => id), [ringing.id]);
  const undone = await log.call("PUT", path, { answered_at: null });
  assert.deepEqual([undone.body.state, undone.body.duration_s], ["missed", 0]);
});

Deno.test("times of a change that do not agree with those of the call are refused by name", async () => {
  await using log = await openLog();
  const { id } = await log.begun({ answered_at: later(8), ended_at: later(100) });
  const refused = async (body: Record<string, unknown>) => {
    const answer = await log.call("PUT", `/api/calls/${id}`, body);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return answer.body.errors.map((one: { path: string }) => one.path);
  };
  assert.deepEqual(await refused({ answered_at: later(-8) }), ["answered_at"]);
  assert.deepEqual(await refused({ ended_at: later(4) }), ["ended_at"]);
  assert.deepEqual(await refused({ ended_at: later(40), duration_s: 9 }), ["duration_s"]);
  assert.deepEqual(await refused({ ended_at: "2036-01-05T15:00:00Z" }), ["ended_at"]);
  assert.equal((await log.call("GET", `/api/calls/${id}`)).body.duration_s, 92);
});

Deno.test("a call that is told of again keeps its end beside a later answer, and its answer beside a duration", async () => {
  await using log = await openLog();
  await log.begun({ external_id: "pbx-1", ended_at: later(100) });
  const answered = await log.begun({ external_id: "pbx-1", answered_at: later(10) });
  assert.deepEqual([answered.state, answered.duration_s], ["completed", 90]);
  const longer = await log.begun({ external_id: "pbx-1", duration_s: 30 });
  assert.deepEqual([longer.answered_at, longer.ended_at], [later(10), later(40)]);
});

Deno.test("a missed call's ticket is named in the language of the business, and so is what is noted on it", async () => {
  const spoken = [
    [["es"], "Llamada perdida: +5281", /^Otra llamada.* Van 2\.\nSe le devolvió.* Hablaron 2 min 0 s\.$/],
    [
      ["en-GB"],
      "Missed call: +5281",
      /^Another missed.* 2 so far\.\nThey were called back.* talked for 2 min 0 s\.$/,
    ],
  ] as const;
  for (const [languages, subject, notes] of spoken) {
    await using log = await openLog();
    const { h, person, call } = log;
    assert.equal((await call("PUT", "/api/business/config", { languages })).status, 200);
    await call("PUT", "/api/calls/settings", { ticket_on_missed: true });
    const inside = h.system.as({ workspaceId: person.workspaceId });
    for (let time = 0; time < 2; time++) {
      const { id } = await log.begun({ phone: "+528112345678", duration_s: 0 });
      await tellMissed(inside, { callId: id });
    }
    const times = { answered_at: later(0), ended_at: later(119.7) };
    await log.begun({ direction: "out", phone: "+528112345678", ...times });
    const { data: [ticket] } = (await call("GET", "/api/tickets")).body;
    assert.ok(ticket.subject.startsWith(subject), ticket.subject);
    const { data: comments } = (await call("GET", `/api/tickets/${ticket.id}/comments`)).body;
    assert.match(comments.map(({ text }: { text: string }) => text).sort().join("\n"), notes);
  }
});

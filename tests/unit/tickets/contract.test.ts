import assert from "node:assert/strict";
import { changeClient, createClient, getClient } from "../../../lib/clients/mod.ts";
import { setBusiness } from "../../../lib/conversations/mod.ts";
import { DAY, MINUTE } from "../../../lib/kernel/clock.ts";
import { createPolicy } from "../../../lib/sla/mod.ts";
import { getTicket, openTicket, updateTicket } from "../../../lib/tickets/mod.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { openDesk } from "../rules/desk.ts";

/** A desk with a default policy and one for whoever pays, in Monterrey (UTC-6). */
async function openPaid(h: Harness) {
  const desk = await openDesk(h);
  const { ctx } = desk.person;
  await setBusiness(ctx, { timezone: "America/Monterrey" });
  const policy = async (name: string, minutes: number, isDefault: boolean) =>
    (await createPolicy(ctx, {
      name,
      counts: "wall",
      default: isDefault,
      targets: { resolution: { normal: minutes } },
    })).id;
  const [usual, gold] = [await policy("Todos", 600, true), await policy("Oro", 60, false)];
  const client = async (contract: { starts?: string; ends?: string }, timezone: string | null = null) =>
    (await createClient(ctx, { name: "Espiga", sla_policy_id: gold, contract, timezone })).id;
  const open = async (client_id: string) => await openTicket(ctx, { subject: "x", client_id });
  return { desk, ctx, usual, gold, client, open };
}

Deno.test("new tickets are promised what a client's SLA says within the days of its contract, the first and the last too", async () => {
  await using h = await harness();
  const { ctx, usual, gold, client, open } = await openPaid(h);
  const days = { starts: "2026-02-01", ends: "2026-02-28" };
  const here = await client(days);
  const tokyo = await client(days, "Asia/Tokyo");
  const endless = await client({ starts: "2026-02-01" });
  const undated = await client({});
  const at = async (time: string, id: string) => {
    h.clock.set(Date.parse(time));
    const { contract: { state } } = await getClient(ctx, { id });
    const { sla_policy_id: promised } = await open(id);
    return [state, promised === gold ? "gold" : promised === usual ? "usual" : promised];
  };
  assert.deepEqual(await at("2026-01-31T14:59Z", tokyo), ["future", "usual"]);
  assert.deepEqual(await at("2026-01-31T15:00Z", tokyo), ["current", "gold"]);
  assert.deepEqual(await at("2026-02-01T05:59Z", here), ["future", "usual"]);
  assert.deepEqual(await at("2026-02-01T06:00Z", here), ["current", "gold"]);
  assert.deepEqual(await at("2026-02-15T12:00Z", here), ["current", "gold"]);
  assert.deepEqual(await at("2026-02-28T14:59Z", tokyo), ["current", "gold"]);
  assert.deepEqual(await at("2026-02-28T15:00Z", tokyo), ["ended", "usual"]);
  assert.deepEqual(await at("2026-03-01T05:59Z", here), ["current", "gold"]);
  assert.deepEqual(await at("2026-03-01T06:00Z", here), ["ended", "usual"]);
  assert.deepEqual(await at("2029-03-01T06:00Z", endless), ["current", "gold"]);
  assert.deepEqual(await at("2029-03-01T06:00Z", undated), ["current", "gold"]);
});

Deno.test("a ticket that stands when the contract ends keeps its promise, also when it is opened again", async () => {
  await using h = await harness();
  const { ctx, gold, client, open } = await openPaid(h);
  h.clock.set(Date.parse("2026-02-27T12:00Z"));
  const { id: ticketId, due_at } = await open(await client({ ends: "2026-02-28" }));
  assert.equal(due_at, "2026-02-27T13:00:00.000Z");
  h.clock.advance(30 * MINUTE);
  await updateTicket(ctx, { ticketId, state: "resolved" });
  h.clock.advance(3 * DAY);
  await updateTicket(ctx, { ticketId, state: "open" });
  const after = await getTicket(ctx, { ticketId });
  assert.deepEqual([after.sla_policy_id, after.due_at], [gold, "2026-03-02T13:00:00.000Z"]);
});

Deno.test("a ticket that turns out to be another client's is promised what that one's contract says now, whatever the first one's was", async () => {
  await using h = await harness();
  const { ctx, usual, gold, client, open } = await openPaid(h);
  h.clock.set(Date.parse("2026-02-10T12:00Z"));
  const ending = await client({ ends: "2026-02-28" });
  const lasting = await client({ ends: "2026-12-31" });
  const before = await open(ending);
  assert.equal(before.sla_policy_id, gold);
  h.clock.set(Date.parse("2026-03-10T12:00Z"));
  const change = async (ticketId: string, client_id: string) =>
    (await updateTicket(ctx, { ticketId, client_id })).sla_policy_id;
  const after = await open(ending);
  assert.equal(after.sla_policy_id, usual);
  assert.equal(await change(after.id, lasting), gold);
  assert.equal(await change(after.id, ending), usual);
  const nobody = (await createClient(ctx, { name: "Sin contrato" })).id;
  assert.equal(await change(before.id, nobody), usual, "it followed the contract of then");
  await changeClient(ctx, { id: ending, contract: { ends: "2026-12-31" } });
  assert.equal((await open(ending)).sla_policy_id, gold, "a contract that is renewed counts at once");
});

import assert from "node:assert/strict";
import {
  beginSample,
  channelSecrets,
  createChannelAccount,
  ensureDefaults,
  getBusiness,
  listChannelAccounts,
  setBusiness,
  setUpBusiness,
} from "../../../lib/conversations/mod.ts";
import { listEntries } from "../../../lib/knowledge/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { harness } from "../../support/harness.ts";

const page = { limit: 200 };
const WHATSAPP = { channel: "whatsapp", name: "Ventas", secrets: { token: "EAAG-very-secret" } } as const;

Deno.test("a channel's secrets are sealed in the database, opened by the owner, and never shown", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const account = await createChannelAccount(ctx, WHATSAPP);
  assert.equal(account.has_secrets, true);
  assert.deepEqual(await channelSecrets(ctx, account.id), { token: "EAAG-very-secret" });
  assert.doesNotMatch(JSON.stringify(await listChannelAccounts(ctx)), /very-secret/);
  assert.doesNotMatch(
    JSON.stringify(await h.ports.database.db.all("select * from channel_accounts")),
    /very-secret/,
  );
  const other = await h.person();
  const notFound = (thrown: unknown) => thrown instanceof AppError && thrown.code === "not_found";
  await assert.rejects(channelSecrets(other.ctx, account.id), notFound);
});

Deno.test("the sample business goes when a real channel is connected, and does not come back", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  assert.equal(await beginSample(ctx), 20);
  assert.equal(await beginSample(ctx), 0);
  assert.deepEqual([(await getBusiness(ctx)).name, (await getBusiness(ctx)).sample], ["Clima Norte", true]);
  const timezone = "America/Monterrey";
  await setBusiness(ctx, { tone: "mío", timezone, hours: { monday: [{ from: "10:00", to: "11:00" }] } });
  await createChannelAccount(ctx, WHATSAPP);
  const business = await getBusiness(ctx);
  assert.equal(business.sample, false);
  assert.notEqual(business.name, "Clima Norte");
  assert.equal(business.tone, "mío", "what was changed by hand stays");
  assert.equal(business.timezone, timezone, "also a zone that is the sample's");
  assert.deepEqual(business.hours, { monday: [{ from: "10:00", to: "11:00" }] });
  assert.equal((await listEntries(ctx, page)).data.length, 0);
  assert.equal(await beginSample(ctx), 0);
});

Deno.test("set-up takes the sample business out whole, and keeps what it was given where that says the same", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  await beginSample(ctx);
  await assert.rejects(setUpBusiness(ctx, { timezone: "Mars/Base" }));
  assert.equal((await getBusiness(ctx)).sample, true, "refused before anything changed");
  const business = await setUpBusiness(ctx, { name: "Mi Tienda", timezone: "America/Monterrey" });
  assert.deepEqual(business, await getBusiness(ctx));
  const { name, description, timezone, hours, sample } = business;
  assert.deepEqual([name, description, timezone, hours, sample], [
    "Mi Tienda",
    "",
    "America/Monterrey",
    null,
    false,
  ]);
  assert.equal((await listEntries(ctx, page)).data.length, 0);
});

Deno.test("a change of one setting for notices leaves the other, and null takes the address away", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const notify = async () => (await getBusiness(ctx)).notify;
  const hook = "https://hooks.example.com/cauce";
  await setBusiness(ctx, { notify: { webhook_url: hook } });
  await setBusiness(ctx, { notify: { emails: ["ana@example.com"] } });
  assert.deepEqual(await notify(), { emails: ["ana@example.com"], webhook_url: hook });
  await setBusiness(ctx, { tone: "breve" });
  assert.deepEqual(await notify(), { emails: ["ana@example.com"], webhook_url: hook });
  await setBusiness(ctx, { notify: { webhook_url: null } });
  assert.deepEqual(await notify(), { emails: ["ana@example.com"], webhook_url: null });
  await setBusiness(ctx, { notify: { emails: [] } });
  assert.deepEqual(await notify(), { emails: [], webhook_url: null });
});

Deno.test("ensureDefaults gives each workspace one web chat of its own, also when many start at once", async () => {
  await using h = await harness();
  const [a, b] = [await h.person(), await h.person()];
  const made = await Promise.all(Array.from({ length: 10 }, () => ensureDefaults(a.ctx)));
  assert.equal(new Set(made.map(({ id }) => id)).size, 1);
  assert.notEqual((await ensureDefaults(b.ctx)).key, made[0]?.key);
});

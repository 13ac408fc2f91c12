import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { setBusiness } from "../../lib/conversations/mod.ts";
import { loadConfig } from "../../lib/config.ts";
import { deriveSecrets } from "../../lib/identity/mod.ts";
import { harness, TEST_KEY } from "../support/harness.ts";
import { openShop } from "../unit/conversations/talk.ts";

Deno.test("a webhook is signed with the secret that the workspace's owner reads, and with the one before it", async () => {
  const calls: { body: string; headers: Readonly<Record<string, string>> }[] = [];
  const fetch = Object.assign(
    (_url: string, options: { body?: unknown; headers?: Readonly<Record<string, string>> } = {}) => {
      calls.push({ body: String(options.body), headers: options.headers ?? {} });
      return Promise.resolve({ status: 204, headers: new Headers(), body: new Uint8Array() });
    },
    { check: () => Promise.resolve() },
  );
  const [present, former] = ["present-secret-".repeat(3), "former-secret-".repeat(3)];
  await using h = await harness({ ports: { fetch }, env: { JWT_SECRET: `${present},${former}` } });
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { notify: { webhook_url: "https://hooks.example.com/x" } });
  await shop.say("quiero una persona");
  await shop.settle();

  const { body: { secret } } = await h.request("GET", "/api/business/webhook-secret", { token: shop.token });
  const [call] = calls;
  assert.ok(call);
  const id = call.headers["webhook-id"] ?? "";
  const signatures = (call.headers["webhook-signature"] ?? "").split(" ");
  const expected = (whole: string) =>
    `v1,${
      createHmac("sha256", Uint8Array.fromBase64(whole.slice("whsec_".length)))
        .update(`${id}.${call.headers["webhook-timestamp"]}.${call.body}`).digest("base64")
    }`;
  assert.equal(signatures[0], expected(secret));
  assert.equal(signatures.length, 2);
  assert.doesNotMatch(id, /[.]/);
  assert.equal(JSON.parse(call.body).id, id);
  const { config } = loadConfig({ JWT_SECRET: former, ENCRYPTION_KEY: TEST_KEY });
  const [old = ""] = await deriveSecrets(config, "webhook", [shop.workspaceId]);
  const oldSecret = Uint8Array.fromBase64(old, { alphabet: "base64url" }).toBase64();
  assert.equal(signatures[1], expected(`whsec_${oldSecret}`));
});

Deno.test("the webhook secret is each workspace's own, and only who may change the business reads it", async () => {
  await using h = await harness();
  const secretOf = async (token: string) => await h.request("GET", "/api/business/webhook-secret", { token });
  const [one, two] = [await h.person(), await h.person({ role: "admin" })];
  const operator = await h.person({ role: "operator", workspaceId: one.workspaceId });
  const mine = (await secretOf(one.token)).body.secret;
  assert.match(mine, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal((await secretOf(one.token)).body.secret, mine);
  assert.notEqual((await secretOf(two.token)).body.secret, mine);
  assert.equal((await secretOf(operator.token)).status, 403);
});

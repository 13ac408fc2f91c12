import assert from "node:assert/strict";
import {
  createEndpoint,
  rotateEndpointSecret,
  sendNotification,
  testEndpoint,
} from "../../../lib/notifications/mod.ts";
import { signingSecrets } from "../../../lib/conversations/mod.ts";
import { accept, openHooks, settle, verified } from "./hooks.ts";

Deno.test("while a secret is rotated out both sign, afterwards the new one alone", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const first = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  const second = await rotateEndpointSecret(desk.ctx, { id: first.id, graceHours: 1 });
  await testEndpoint(desk.ctx, first.id);
  await settle(desk);
  const [both] = server.requests;
  assert.ok(both !== undefined);
  verified(first.secret, both);
  verified(second.secret, both);
  await rotateEndpointSecret(desk.ctx, { id: first.id, graceHours: 0 });
  await testEndpoint(desk.ctx, first.id);
  await settle(desk);
  assert.equal(server.requests[1]?.headers.get("webhook-signature")?.split(" ").length, 1);
});

Deno.test("words to an address that is no endpoint are signed with the workspace's secret", async () => {
  await using desk = await openHooks();
  await using server = accept();
  await sendNotification(desk.ctx, {
    channel: "webhook",
    recipient: `${server.origin}/x`,
    subject: "Aviso",
    message: "Hola",
  });
  await settle(desk);
  const [secret = ""] = await signingSecrets(desk.inside);
  const [got] = server.requests;
  assert.ok(got !== undefined);
  const { type, data } = verified(secret, got) as { type: string; data: unknown };
  assert.deepEqual([type, data], ["notification", { subject: "Aviso", message: "Hola" }]);
});

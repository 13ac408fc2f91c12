import assert from "node:assert/strict";
import { openLine } from "../unit/messaging/line.ts";

const DRAFT = {
  name: "order_ready",
  language: "es_MX",
  category: "UTILITY",
  components: [{ type: "BODY", text: "Hola {{1}}, su pedido {{2}} está listo" }],
};
const PHONE = "5215599990000";

function message(...values: string[]) {
  const parameters = values.map((text) => ({ type: "text", text }));
  const { name, language } = DRAFT;
  return {
    to: PHONE,
    content: { type: "template", name, language, components: [{ type: "body", parameters }] },
  };
}

Deno.test("a template goes the whole way over HTTP: handed in, approved by a webhook, sent, edited, deleted", async () => {
  await using line = await openLine();
  const { h, graph, token } = line;
  const path = "/api/whatsapp/templates";
  const made = await h.request("POST", path, { token, body: DRAFT });
  assert.deepEqual([made.status, made.body.status], [201, "PENDING"]);

  const early = await h.request("POST", "/api/whatsapp/send", { token, body: message("Ana", "7") });
  assert.deepEqual(
    [early.status, early.body.reason],
    [409, "template_not_approved"],
    JSON.stringify(early.body),
  );

  const remote = graph.world.templates.get(made.body.remote_id);
  assert.ok(remote !== undefined);
  h.clock.advance(60_000);
  graph.decide(remote, "APPROVED");
  await line.settle();
  const listed = await h.request("GET", `${path}?status=approved`, { token });
  assert.deepEqual(listed.body.data.map(({ id, status }: Record<string, string>) => [id, status]), [
    [made.body.id, "APPROVED"],
  ]);

  const short = await h.request("POST", "/api/whatsapp/send", { token, body: message("Ana") });
  assert.deepEqual([short.status, short.body.reason], [409, "template_parameters"]);
  const sent = await h.request("POST", "/api/whatsapp/send", { token, body: message("Ana", "7") });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  await line.settle();
  assert.deepEqual(graph.ledger.of(PHONE).map(({ text }) => text), ["order_ready Ana 7"]);

  const edited = await h.request("PATCH", `${path}/${made.body.id}`, {
    token,
    body: { components: [{ type: "BODY", text: "Listo" }] },
  });
  assert.deepEqual([edited.status, edited.body.status], [200, "PENDING"]);
  assert.equal((await h.request("DELETE", `${path}/${made.body.id}`, { token })).status, 204);
  assert.equal(graph.world.templates.size, 0);
  const after = await h.request("GET", path, { token });
  assert.deepEqual(after.body.data, []);
});

Deno.test("templates over HTTP: another workspace's is not found, operators may look, bad parts are named", async () => {
  await using line = await openLine();
  const { h, token, workspaceId } = line;
  const { body: made } = await h.request("POST", "/api/whatsapp/templates", { token, body: DRAFT });
  const stranger = await h.person();
  const foreign = { token: stranger.token };
  assert.equal((await h.request("DELETE", `/api/whatsapp/templates/${made.id}`, foreign)).status, 404);
  assert.deepEqual((await h.request("GET", "/api/whatsapp/templates", foreign)).body.data, []);
  assert.equal((await h.request("POST", "/api/whatsapp/templates/sync", foreign)).status, 503);
  const operator = await h.person({ role: "operator", workspaceId });
  const own = { token: operator.token };
  assert.equal((await h.request("GET", "/api/whatsapp/templates", own)).body.data.length, 1);
  assert.equal((await h.request("POST", "/api/whatsapp/templates", { ...own, body: DRAFT })).status, 403);
  const bad = { ...DRAFT, name: "Bad Name", components: [{ type: "BODY", text: "{{2}}" }] };
  const refused = await h.request("POST", "/api/whatsapp/templates", { token, body: bad });
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.errors.map(({ path }: { path: string }) => path), [
    "name",
    "components.0.text",
  ]);
});

Deno.test("syncing over HTTP brings what was made elsewhere; what Meta refuses is told as Meta says it", async () => {
  await using line = await openLine();
  const { h, graph, token } = line;
  graph.addTemplate({ name: "elsewhere" });
  const synced = await h.request("POST", "/api/whatsapp/templates/sync", { token });
  assert.deepEqual([synced.status, synced.body], [200, { found: 1, removed: 0 }]);
  await h.request("POST", "/api/whatsapp/templates", { token, body: DRAFT });
  const twice = await h.request("POST", "/api/whatsapp/templates", { token, body: DRAFT });
  assert.equal(twice.status, 502);
  assert.match(twice.body.detail, /already exists/);
  assert.equal(twice.body.class, "invalid_request");
});

import assert from "node:assert/strict";
import { DAY, MINUTE } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { shopDesk, textsOf } from "./tickets-world.ts";

Deno.test("a customer is asked after the solution by a link that takes one answer, in JSON or on a plain page", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId, subject: "Caldera <b>rota</b>" });
  await desk.put(ticket.id, { state: "resolved" });
  await desk.settle();
  const messages = async () =>
    textsOf((await desk.call("GET", `/api/conversations/${conversationId}/messages`)).body);
  assert.equal((await messages()).length, 1, "not at once");
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  await desk.settle();
  const asked = (await messages()).filter((text) => text.includes("/api/surveys/"));
  assert.equal(asked.length, 1);
  const path = /\/api\/surveys\/\S+/.exec(asked[0] ?? "")?.[0] ?? "";
  const page = await h.request("GET", path, { headers: { accept: "text/html" } });
  assert.match(page.headers.get("content-type") ?? "", /text\/html/);
  assert.match(page.body, /Caldera &lt;b&gt;rota/);
  assert.doesNotMatch(page.body, /<script|<style|style=/);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const form = (fields: string) =>
    h.request("POST", path, {
      body: fields,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    });
  for (const bad of ["score=6", "score=", "comment=x"]) assert.equal((await form(bad)).status, 422, bad);
  assert.equal((await form("score=4&comment=Muy+amables")).status, 200);
  assert.equal((await h.request("POST", path, { body: { score: 1 } })).status, 409);
  assert.deepEqual((await h.request("GET", path)).body.score, 4);
  const { body: said } = await desk.call("GET", `/api/tickets/${ticket.id}/survey`);
  assert.deepEqual([said.score, said.comment], [4, "Muy amables"]);
  const { body: stats } = await desk.call("GET", "/api/tickets/stats");
  assert.deepEqual(stats.survey, { answered: { count: 1, more: false }, average: 4 });
  const forged = `${path.slice("/api/surveys/".length, -1)}${path.endsWith("A") ? "E" : "A"}`;
  for (const token of ["srv_x", "srv_x.y", forged]) {
    assert.equal((await h.request("GET", `/api/surveys/${token}`)).status, 404, token);
  }
});

Deno.test("a survey that nobody answered in its days is gone, and a ticket opened again is not asked about", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { state: "resolved" });
  await desk.put(ticket.id, { state: "open" });
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  const asked = async () => {
    const { body } = await desk.call("GET", `/api/conversations/${conversationId}/messages`);
    return textsOf(body).filter((text) => text.includes("/api/surveys/"));
  };
  assert.deepEqual(await asked(), []);
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  const path = /\/api\/surveys\/\S+/.exec((await asked())[0] ?? "")?.[0] ?? "";
  h.clock.advance(15 * DAY);
  assert.equal((await h.request("GET", path)).status, 410);
  assert.equal((await h.request("POST", path, { body: { score: 5 } })).status, 410);
  assert.equal((await desk.ticket(ticket.id)).state, "resolved");
  await desk.settle();
  assert.equal((await desk.ticket(ticket.id)).state, "closed", "after its days");
});

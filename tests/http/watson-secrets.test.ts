import assert from "node:assert/strict";
import { work } from "../unit/conversations/talk.ts";
import { handlers } from "../../workers/registry.ts";
import { openWatson } from "./watson-world.ts";

Deno.test("the caller gets a report's link, each time the same turn is delivered, and the recorded turn is without its secret", async () => {
  await using line = await openWatson();
  const { h, token } = line;
  await line.say("Dame el reporte de tickets de esta semana en csv");
  await work(h, handlers);
  const ask = async () => (await line.say("¿Ya está mi informe?", { message_id: "m-1" })).body;
  for (const told of [await ask(), await ask()]) {
    const link = String(told.result.download_url);
    assert.equal(told.reply, `El informe «Tickets» está listo: ${link}`);
    const file = await h.request("GET", new URL(link).pathname);
    assert.deepEqual([file.status, /Asunto/.test(file.body)], [200, true]);
  }
  const [{ session, reply, result }] =
    (await h.request("GET", "/api/watson/activities", { token })).body.data;
  const kept = "https://cauce.example.com/api/reports/linked/[redacted]";
  assert.deepEqual([reply, result.download_url], [`El informe «Tickets» está listo: ${kept}`, kept]);
  assert.equal(result.name, "Tickets");
  const ofTalk = await h.request("GET", `/api/watson/sessions/${session}/activities`, { token });
  assert.doesNotMatch(JSON.stringify(ofTalk.body), /linked\/\w/);
});

Deno.test("a link that somebody says in a talk is sent as it is, and recorded without its secret", async () => {
  await using line = await openWatson();
  const link = "https://cauce.example.com/api/visit-links/vis_1.c2VjcmV0";
  const { body } = await line.say(`Avisa a ana@example.com que confirme aquí: ${link}`);
  assert.equal(body.result.message, `confirme aquí: ${link}`);
  const { body: { data: [activity] } } = await line.h.request("GET", "/api/watson/activities", line);
  assert.doesNotMatch(JSON.stringify(activity), /c2VjcmV0/);
  assert.equal(activity.text.slice(-38), "example.com/api/visit-links/[redacted]");
});

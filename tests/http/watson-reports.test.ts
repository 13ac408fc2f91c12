import assert from "node:assert/strict";
import { invalid } from "../../lib/kernel/errors.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { upsertChatAddress } from "../../lib/notifications/store-addresses.ts";
import { work } from "../unit/conversations/talk.ts";
import { handlers } from "../../workers/registry.ts";
import { KEY, openWatson, quiet } from "./watson-world.ts";

Deno.test("every dataset that a tool of Orchestrate offers can be reported on", async () => {
  await using line = await openWatson();
  for (const dataset of ["tickets", "operators", "calls", "conversations", "visits", "sla"]) {
    const { status, body } = await line.h.request("POST", "/api/v1/watson/tools/generate_report", {
      headers: { "x-api-key": KEY },
      body: { dataset },
    });
    assert.equal(status, 200, `${dataset} ${JSON.stringify(body)}`);
  }
  const { body } = await line.say("Quiero el informe de visitas de esta semana");
  assert.deepEqual([body.outcome, body.result.definition.dataset], ["done", "visits"]);
});

Deno.test("a report is asked for at once and told of at the callback when it is done", async () => {
  const posted: { url: string; body: Record<string, unknown> }[] = [];
  const fetch = quiet((url, body) => {
    posted.push({ url, body: JSON.parse(body) });
    return 200;
  });
  await using line = await openWatson({ ports: { fetch } });
  const { body } = await line.say("Dame el reporte de tickets de esta semana en csv");
  assert.deepEqual([body.action, body.outcome, body.result.format], ["generate_report", "done", "csv"]);
  const tool = await line.h.request("POST", "/api/v1/watson/tools/generate_report", {
    headers: { "x-api-key": KEY, callbackUrl: "https://orchestrate.example.com/callback" },
    body: { dataset: "operators", range: "last_month", format: "json" },
  });
  assert.equal(tool.status, 200, JSON.stringify(tool.body));
  await work(line.h, handlers);
  line.h.clock.advance(10_000);
  await work(line.h, handlers);
  assert.equal(posted.length, 1);
  assert.deepEqual([posted[0]?.url, posted[0]?.body.state, posted[0]?.body.report_id], [
    "https://orchestrate.example.com/callback",
    "done",
    tool.body.result.id,
  ]);
});

Deno.test("a report that was asked for in a talk is told of there, with a link that opens the file, and at a callback", async () => {
  const posted: { url: string; body: Record<string, unknown> }[] = [];
  await using line = await openWatson({
    ports: {
      fetch: quiet((url, body) => {
        posted.push({ url, body: JSON.parse(body) });
        return 200;
      }),
    },
  });
  assert.match((await line.say("¿Ya está mi informe?")).body.reply, /^En esta conversación no/);
  const context = { callback_url: "https://orchestrate.example.com/later" };
  await line.say("Dame el reporte de tickets de esta semana en csv", { context });
  const early = await line.say("¿Ya está mi informe?");
  assert.deepEqual([early.body.action, early.body.reply], [
    "query_status",
    "El informe «Tickets» aún se prepara.",
  ]);
  await work(line.h, handlers);
  line.h.clock.advance(10_000);
  await work(line.h, handlers);
  const told = await line.say("¿Ya está mi informe?");
  const link = /^El informe «Tickets» está listo: https:\/\/cauce\.example\.com(\/\S+)$/.exec(told.body.reply)
    ?.[1];
  const file = await line.h.request("GET", link ?? "");
  assert.deepEqual([file.status, /Asunto/.test(file.body)], [200, true], told.body.reply);
  assert.equal(posted.length, 1);
  const [{ url, body } = { url: "", body: {} }] = posted;
  assert.deepEqual([url, body["session_id"], body["state"]], [context.callback_url, "s1", "done"]);
  assert.match(String(body["reply"]), /^El informe «Tickets» está listo: https/);
  const other = await line.say("¿Ya está mi informe?", { session_id: "s9" });
  assert.match(other.body.reply, /^En esta conversación no/);
});

Deno.test("a callback that may not be called refuses the call, and a chat of the workspace is told by its name", async () => {
  await using line = await openWatson({
    ports: {
      fetch: Object.assign(() => Promise.reject(new Error("not to be called")), {
        check: () => Promise.reject(invalid("url", "must be an address of the public internet")),
      }),
    },
  });
  const { status, body } = await line.say("Dame el reporte de tickets", {
    context: { callback_url: "https://10.0.0.1/" },
  });
  assert.deepEqual([status, body.errors?.[0]?.path], [422, "context.callback_url"]);
  const id = newId("chatAddress");
  const inside = line.h.system.as({
    workspaceId: (await line.h.request("GET", "/api/auth/me", line)).body.workspace.id,
  });
  const sealed = await line.h.ports.secrets.seal("https://hooks.slack.example/x", id);
  await inside.transact((tx) =>
    upsertChatAddress(tx, { id, channel: "slack", name: "default", url: sealed })
  );
  const slack = await line.say("Notifica por Slack que el servidor volvió");
  assert.deepEqual(
    [slack.body.outcome, slack.body.reply, slack.body.result.message],
    ["done", "El aviso a Slack va en camino.", "el servidor volvió"],
    JSON.stringify(slack.body),
  );
  const mail = await line.say("Avisa a ana@example.com que Slack no funciona");
  assert.deepEqual(
    [mail.body.result.channel, mail.body.result.recipient, mail.body.result.message],
    ["email", "ana@example.com", "Slack no funciona"],
  );
});

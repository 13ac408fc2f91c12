import assert from "node:assert/strict";
import { join } from "node:path";
import { startFakeGraph } from "../support/fakes/graph.ts";
import { ADMIN_PASSWORD, runCli, startServer, temporaryFolder } from "../support/server.ts";

interface Told {
  readonly healthy: boolean;
  readonly numbers: { readonly findings: { readonly check: string; readonly state: string }[] }[];
}

Deno.test("the doctor of the command line examines the number of a running server, and its exit code says how it is", async () => {
  await using graph = await startFakeGraph();
  await using folder = await temporaryFolder();
  graph.addTemplate({ name: "recall" });
  const data = join(folder.path, "data");
  const env = { ADMIN_PASSWORD, ...graph.env };
  const server = await startServer({ data, env });
  try {
    const options = { data, env: { ...env, PUBLIC_URL: server.url } };
    graph.world.webhook = {
      callbackUrl: `${server.url}/api/whatsapp/webhook`,
      fields: ["messages", "account_update"],
    };
    graph.customer({ phone: "5215511112222" }).says("Hola");
    const well = await runCli(["doctor", "whatsapp", "--send-to", "5215511112222"], options);
    assert.equal(well.code, 0, well.output + well.errors);
    assert.match(well.output, /^WhatsApp \(106540352242922\)$/m);
    assert.match(well.output, /^ {2}ok {4}token {11}valid, never expires$/m);
    assert.match(well.output, /^ {2}warn {2}public address .*only on this machine\n {8}-> set PUBLIC_URL/m);
    assert.match(well.output, /^ {2}ok {4}test message {4}Meta took a text/m);
    assert.equal(graph.ledger.of("5215511112222").length, 1);

    graph.world.subscribed.set(graph.account.businessAccountId, false);
    const ill = await runCli(["doctor", "whatsapp", "--json"], options);
    assert.equal(ill.code, 1, ill.errors);
    const told: Told = JSON.parse(ill.output);
    assert.equal(told.healthy, false);
    const failed = told.numbers.flatMap(({ findings }) => findings).filter(({ state }) => state === "fail");
    assert.deepEqual(failed.map(({ check }) => check), ["subscription"]);

    const usage = await runCli(["doctor", "rheumatism"], options);
    assert.deepEqual([usage.code, /--send-to/.test(usage.errors)], [2, true]);
    for (const { output, errors } of [well, ill, usage]) {
      assert.doesNotMatch(output + errors, new RegExp(Object.values(graph.env).slice(0, 3).join("|")));
    }
  } finally {
    server.signal("SIGTERM");
    await server.ended;
  }
});

Deno.test("the doctor says what to do before the first start", async () => {
  await using folder = await temporaryFolder();
  const { code, errors } = await runCli(["doctor", "whatsapp"], { data: join(folder.path, "data") });
  assert.equal(code, 1);
  assert.match(errors, /deno task start/);
});

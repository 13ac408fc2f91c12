import assert from "node:assert/strict";
import { defaultWorkspaceId } from "../../../lib/identity/mod.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import {
  connectChannel,
  type DoctorOrder,
  examineWhatsApp,
  type Finding,
} from "../../../lib/messaging/mod.ts";
import type { GuardedFetch } from "../../../lib/ports/fetch.ts";
import { prepareFirstStart } from "../../../lib/setup/mod.ts";
import { type FakeGraph, GRAPH_SECRETS, startFakeGraph } from "../../support/fakes/graph.ts";
import { type Harness, harness } from "../../support/harness.ts";

const PUBLIC_URL = "https://clinica.example";
const WEBHOOK = `${PUBLIC_URL}/api/whatsapp/webhook`;
const FIELDS = [
  "messages",
  "message_template_status_update",
  "message_template_quality_update",
  "template_category_update",
  "phone_number_quality_update",
  "business_capability_update",
  "account_update",
];

interface Clinic extends AsyncDisposable {
  readonly h: Harness;
  readonly graph: FakeGraph;
  /** Answers what PUBLIC_URL answers; replaceable. */
  internet: (url: string) => Promise<{ status: number; text: string }>;
  /** Findings of the only number, by check. */
  look(order?: DoctorOrder): Promise<Record<string, Finding>>;
}

/** A healthy, connected number; the internet leads to the harness's own app. */
async function clinic(env: Record<string, string> = {}): Promise<Clinic> {
  const graph = await startFakeGraph();
  graph.world.webhook = { callbackUrl: WEBHOOK, fields: FIELDS };
  graph.addTemplate({ name: "recall" });
  const fetch: GuardedFetch = Object.assign(async (url: string) => {
    const { status, text } = await c.internet(url);
    return { status, headers: new Headers(), body: new TextEncoder().encode(text) };
  }, { check: () => Promise.resolve() });
  const h = await harness({ env: { ...graph.env, PUBLIC_URL, ...env }, ports: { fetch } });
  await prepareFirstStart(h.system);
  const workspaceId = await defaultWorkspaceId(h.system);
  const ctx = h.system.as({ workspaceId });
  const c: Clinic = {
    h,
    graph,
    async internet(url) {
      const { pathname, search } = new URL(url);
      const { status, body } = await h.request("GET", `${pathname}${search}`);
      return { status, text: String(body) };
    },
    async look(order = {}) {
      const numbers = await examineWhatsApp(ctx, order);
      assert.equal(numbers.length, 1);
      return Object.fromEntries(numbers.flatMap(({ findings }) => findings).map((one) => [one.check, one]));
    },
    async [Symbol.asyncDispose]() {
      await h[Symbol.asyncDispose]();
      await graph[Symbol.asyncDispose]();
    },
  };
  return c;
}

const states = (found: Record<string, Finding>) =>
  Object.fromEntries(Object.entries(found).map(([check, { state }]) => [check, state]));

Deno.test("examineWhatsApp finds a healthy number healthy, and sends a test message when asked", async () => {
  await using c = await clinic();
  assert.deepEqual(states(await c.look()), {
    "token": "ok",
    "permissions": "ok",
    "number": "ok",
    "public address": "ok",
    "webhook": "ok",
    "subscription": "ok",
    "templates": "ok",
    "test message": "skip",
  });
  c.graph.customer({ phone: "5215511112222" }).says("Hola");
  const found = await c.look({ sendTo: "+5215511112222" });
  assert.match(found["test message"]?.message ?? "", /took a text \(wamid\./);
  assert.equal(c.graph.ledger.of("5215511112222").length, 1);
});

Deno.test("examineWhatsApp sends the sample template to a phone that has not written", async () => {
  await using c = await clinic();
  c.graph.addTemplate({
    name: "hello_world",
    language: "en_US",
    components: [{ type: "BODY", text: "Hello" }],
  });
  const found = await c.look({ sendTo: "5215511112222" });
  assert.equal(found["test message"]?.state, "ok");
  assert.deepEqual(c.graph.ledger.received.map(({ type }) => type), ["template"]);
});

type Spoil = (c: Clinic) => void | Promise<void>;
const SICK: readonly [
  what: string,
  check: string,
  state: string,
  said: RegExp,
  spoil: Spoil,
  order?: DoctorOrder,
][] = [
  ["an expired token", "token", "fail", /expired/, ({ graph, h }) => {
    graph.world.tokenInfo = { ...graph.world.tokenInfo, expiresAt: h.clock.now() - 1000 };
  }],
  ["a token that ends within a week", "token", "warn", /soon/, ({ graph, h }) => {
    graph.world.tokenInfo = { ...graph.world.tokenInfo, expiresAt: h.clock.now() + DAY };
  }],
  ["a token that Meta calls invalid", "token", "fail", /validating access token/, ({ graph }) => {
    graph.world.tokenInfo = { ...graph.world.tokenInfo, valid: false };
  }],
  ["a token that may not send", "permissions", "fail", /may not send/, ({ graph }) => {
    graph.world.tokenInfo = { ...graph.world.tokenInfo, scopes: ["public_profile"] };
  }],
  ["a token that may not manage", "permissions", "warn", /may not manage/, ({ graph }) => {
    graph.world.tokenInfo = { ...graph.world.tokenInfo, scopes: ["whatsapp_business_messaging"] };
  }],
  ["a number that Meta does not have", "number", "fail", /not found/, ({ graph }) => {
    graph.world.numbers.clear();
  }],
  ["a number that is banned", "number", "fail", /BANNED/, ({ graph }) => {
    for (const number of graph.world.numbers.values()) number.status = "BANNED";
  }],
  ["a number of low quality", "number", "warn", /quality is low/, ({ graph }) => {
    for (const number of graph.world.numbers.values()) number.quality = "RED";
  }],
  ["an account whose webhooks go nowhere", "subscription", "fail", /no app does/, ({ graph }) => {
    graph.world.subscribed.set(graph.account.businessAccountId, false);
  }],
  ["an app without an address for webhooks", "webhook", "fail", /no address/, ({ graph }) => {
    graph.world.webhook = null;
  }],
  ["an app that is not told of messages", "webhook", "fail", /not for messages/, ({ graph }) => {
    graph.world.webhook = { callbackUrl: WEBHOOK, fields: ["account_update"] };
  }],
  ["an app whose webhooks go to another server", "webhook", "warn", /not https:\/\/clinica/, ({ graph }) => {
    graph.world.webhook = { callbackUrl: "https://old.example/hook", fields: FIELDS };
  }],
  ["no approved template", "templates", "warn", /none approved/, ({ graph }) => {
    for (const template of graph.world.templates.values()) template.status = "PENDING";
  }],
  ["a public address that has nobody behind it", "public address", "fail", /can't be reached/, (c) => {
    c.internet = () => Promise.reject(new AppError("upstream_failed", "The address could not be called"));
  }],
  ["a public name with a private address", "public address", "fail", /not public/, (c) => {
    c.internet = () => Promise.reject(new AppError("validation_failed", "url: must be public"));
  }],
  ["a server with another verify token", "public address", "fail", /refuses the verify token/, (c) => {
    c.internet = () => Promise.resolve({ status: 403, text: "" });
  }],
  ["something else at the public address", "public address", "fail", /in place of the challenge/, (c) => {
    c.internet = () => Promise.resolve({ status: 200, text: "<html>Welcome</html>" });
  }],
  [
    "a phone that has not written, without the sample template",
    "test message",
    "warn",
    /not written/,
    () => {},
    {
      sendTo: "5215511112222",
    },
  ],
  ["a phone without its country code", "test message", "fail", /country code/, () => {}, { sendTo: "123" }],
  [
    "a test message that nobody can tell the fate of",
    "test message",
    "fail",
    /may have been sent/,
    ({ graph }) => {
      graph.customer({ phone: "5215511112222" }).says("Hola");
      graph.next({ do: "close", delivered: true });
    },
    { sendTo: "5215511112222" },
  ],
];

for (const [what, check, state, said, spoil, order] of SICK) {
  Deno.test(`examineWhatsApp tells of ${what}, and how to mend it`, async () => {
    await using c = await clinic();
    await spoil(c);
    const finding = (await c.look(order))[check];
    assert.equal(finding?.state, state, JSON.stringify(finding));
    assert.match(finding?.message ?? "", said);
    assert.ok((finding?.mend ?? "").length > 10);
  });
}

const SETTINGS: readonly [string, Record<string, string>, string, string, RegExp][] = [
  ["a refused token", { WHATSAPP_ACCESS_TOKEN: "EAAGwrong" }, "token", "fail", /refuses it/],
  ["a Graph that is not there", { WHATSAPP_GRAPH_URL: "http://127.0.0.1:9" }, "token", "fail", /no answer/],
  ["a wrong version", { WHATSAPP_GRAPH_VERSION: "v3.0" }, "token", "fail", /could not be looked at/],
  [
    "a wrong app secret",
    { WHATSAPP_APP_SECRET: "f".repeat(32) },
    "app secret",
    "fail",
    /not the secret of app/,
  ],
  ["no PUBLIC_URL", { PUBLIC_URL: "" }, "public address", "fail", /PUBLIC_URL is not set/],
  ["a plain http address", { PUBLIC_URL: "http://clinica.example" }, "public address", "fail", /not https/],
];

for (const [what, env, check, state, said] of SETTINGS) {
  Deno.test(`examineWhatsApp tells of ${what} in the settings, and repeats no secret`, async () => {
    await using c = await clinic(env);
    const found = await c.look();
    assert.equal(found[check]?.state, state, JSON.stringify(found));
    assert.match(found[check]?.message ?? "", said);
    assert.doesNotMatch(JSON.stringify(found), new RegExp(`EAAG|f{32}|${GRAPH_SECRETS.appSecret}|verify-me`));
  });
}

Deno.test("examineWhatsApp asks this machine's own address by the surface's call, and says that Meta can't", async () => {
  await using c = await clinic({ PUBLIC_URL: "http://127.0.0.1:8000" });
  const askLocal = c.internet;
  const answered = (await c.look({ askLocal }))["public address"];
  assert.deepEqual([answered?.state, /only on this machine/.test(answered?.message ?? "")], ["warn", true]);
  const silent = (await c.look({ askLocal: () => Promise.reject(new Error("refused")) }))["public address"];
  assert.equal(silent?.state, "fail");
});

Deno.test("examineWhatsApp subscribes what is not subscribed, when told to", async () => {
  const server = { url: "" };
  await using c = await clinic();
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => c.h.app.fetch(request, { remoteAddress: "192.0.2.1" }),
  );
  server.url = `http://127.0.0.1:${listening.addr.port}`;
  try {
    c.graph.world.subscribed.set(c.graph.account.businessAccountId, false);
    c.graph.world.webhook = null;
    const before = await c.look();
    assert.deepEqual([before["subscription"]?.state, before["webhook"]?.state], ["fail", "fail"]);
    // Meta calls the public name; the stand-in can only call this machine.
    c.graph.reach(PUBLIC_URL, server.url);
    const after = await c.look({ subscribe: true });
    assert.deepEqual([after["subscription"]?.state, after["webhook"]?.state], ["ok", "ok"]);
    assert.equal(c.graph.world.webhook?.["callbackUrl"], WEBHOOK);
    assert.equal((await c.look())["webhook"]?.state, "ok");
  } finally {
    await listening.shutdown();
  }
});

Deno.test("examineWhatsApp says what to set when no number is connected, and looks at each when there are several", async () => {
  await using graph = await startFakeGraph();
  await using h = await harness({ env: { WHATSAPP_GRAPH_URL: graph.baseUrl } });
  const { ctx } = await h.person();
  const [none] = await examineWhatsApp(ctx);
  assert.deepEqual(none?.findings.map(({ check, state }) => [check, state]), [["settings", "fail"]]);
  const second = graph.addNumber();
  for (const { phoneNumberId, businessAccountId } of [graph.account, second]) {
    await connectChannel(ctx, {
      channel: "whatsapp",
      name: "Clínica",
      settings: { phone_number_id: phoneNumberId, business_account_id: businessAccountId },
      secrets: {
        access_token: GRAPH_SECRETS.token,
        app_secret: GRAPH_SECRETS.appSecret,
        verify_token: GRAPH_SECRETS.verifyToken,
      },
    });
  }
  const names = (await examineWhatsApp(ctx)).map(({ name }) => name);
  assert.deepEqual(names, [`Clínica (${graph.account.phoneNumberId})`, `Clínica (${second.phoneNumberId})`]);
});

Deno.test("examineWhatsApp is for those who may change channels", async () => {
  await using h = await harness();
  const { ctx } = await h.person({ role: "operator" });
  await assert.rejects(
    examineWhatsApp(ctx),
    (error) => error instanceof AppError && error.code === "forbidden",
  );
});

import { createEntry } from "../../../lib/knowledge/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import type { Ctx } from "../../../lib/context.ts";
import { connectChannel, listQueue, type QueuedView } from "../../../lib/messaging/mod.ts";
import { handlers } from "../../../workers/registry.ts";
import { type FakeGraph, type FakeGraphOptions, startFakeGraph } from "../../support/fakes/graph.ts";
import { type Harness, harness, type HarnessOptions, type Person } from "../../support/harness.ts";
import { work } from "../conversations/talk.ts";

/** A workspace with a WhatsApp number at the fake Graph API, and a clock that both go by. */
export interface Line extends Person {
  readonly h: Harness;
  readonly graph: FakeGraph;
  /** The system, acting in this workspace. */
  readonly inside: Ctx;
  readonly accountId: string;
  /** Delivers what waits at Meta and works off what follows, until nothing is due. */
  settle(): Promise<void>;
  /** Lets the silence pass after which a burst is answered, and settles. */
  pause(ms?: number): Promise<void>;
  /** The queue, the oldest first. */
  queue(): Promise<QueuedView[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface LineOptions {
  readonly graph?: FakeGraphOptions;
  readonly harness?: HarnessOptions;
}

export async function openLine(options: LineOptions = {}): Promise<Line> {
  let now = () => Date.now();
  const graph = await startFakeGraph({ now: () => now(), ...options.graph });
  const { WHATSAPP_GRAPH_URL = "", WHATSAPP_GRAPH_VERSION = "" } = graph.env;
  const h = await harness({
    ...options.harness,
    env: { WHATSAPP_GRAPH_URL, WHATSAPP_GRAPH_VERSION, ...options.harness?.env },
  });
  now = () => h.clock.now();
  const person = await h.person();
  const { WHATSAPP_APP_SECRET = "", WHATSAPP_VERIFY_TOKEN = "" } = graph.env;
  const account = await connectChannel(person.ctx, {
    channel: "whatsapp",
    name: "WhatsApp",
    settings: {
      phone_number_id: graph.account.phoneNumberId,
      business_account_id: graph.account.businessAccountId,
    },
    secrets: {
      access_token: graph.account.accessToken,
      app_secret: WHATSAPP_APP_SECRET,
      verify_token: WHATSAPP_VERIFY_TOKEN,
    },
  });
  const inside = h.system.as({ workspaceId: person.workspaceId, actor: systemActor("test") });
  await createEntry(inside, {
    title: "¿Cuál es su horario?",
    body: "Abrimos de lunes a viernes de 8:00 a 19:00.",
    locale: "es",
  });
  graph.webhooks.to(async (body, headers) => {
    const answer = await h.request("POST", "/api/whatsapp/webhook", { body, headers });
    return answer.status;
  });
  const settle = async () => {
    await graph.webhooks.flush();
    while ((await work(h, handlers)).length > 0 || graph.webhooks.queue.length > 0) {
      await graph.webhooks.flush();
    }
  };
  return {
    ...person,
    h,
    graph,
    inside,
    accountId: account.id,
    settle,
    async pause(ms = 2001) {
      h.clock.advance(ms);
      await settle();
    },
    queue: async () => (await listQueue(inside, { limit: 200 })).data.toReversed(),
    async [Symbol.asyncDispose]() {
      await graph[Symbol.asyncDispose]();
      await h[Symbol.asyncDispose]();
    },
  };
}

export const ANA = { phone: "5215512345678", name: "Ana" } as const;

/** Ana asks and the bot has answered. */
export async function talkWithAna(line: Line): Promise<void> {
  line.graph.customer(ANA).says("¿A qué hora abren?");
  await line.settle();
  await line.pause();
}

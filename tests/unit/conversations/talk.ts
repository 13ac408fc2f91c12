import { createEntry } from "../../../lib/knowledge/mod.ts";
import {
  claim,
  createRegistry,
  execute,
  type JobHandler,
  type RunResult,
  sweep,
} from "../../../lib/jobs/mod.ts";
import { LANES } from "../../../lib/kernel/define-job.ts";
import type { Ctx } from "../../../lib/context.ts";
import { ensureAccount, type Received, receiveMessage } from "../../../lib/conversations/mod.ts";
import { conversationAnswerHandler } from "../../../workers/handlers/conversation-answer.ts";
import { conversationHandlers } from "../../../workers/handlers/conversation-desk.ts";
import type { Harness, Person } from "../../support/harness.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";

const HANDLERS: readonly JobHandler[] = [conversationAnswerHandler, ...conversationHandlers];

/** Runs every job that is due, also those that others enqueue, and says what became of them by name. */
export async function work(
  h: Harness,
  handlers: readonly JobHandler[] = HANDLERS,
): Promise<{ name: string; result: RunResult }[]> {
  const registry = createRegistry(handlers);
  const done: { name: string; result: RunResult }[] = [];
  for (let turns = 0; turns < 50; turns++) {
    await sweep(h.system);
    let ran = 0;
    for (const lane of LANES) {
      for (const job of await claim(h.system, { lane, limit: 32, worker: "test" })) {
        const result = await execute(h.system, { job, registry, signal: new AbortController().signal });
        done.push({ name: job.name, result });
        ran++;
      }
    }
    if (ran === 0) return done;
  }
  throw new Error("There is always another job");
}

export interface Shop extends Person {
  readonly h: Harness;
  /** The system, acting in this workspace. */
  readonly inside: Ctx;
  readonly web: string;
  say(
    text: string,
    more?: Partial<Parameters<typeof receiveMessage>[1]> & { who?: string },
  ): Promise<Received>;
  /** Lets the silence pass that ends a burst, and works. */
  settle(): ReturnType<typeof work>;
}

/** A workspace with a web chat that knows its hours and its price of a visit. */
export async function openShop(h: Harness): Promise<Shop> {
  const person = await h.person();
  const inside = h.system.as({ workspaceId: person.workspaceId, actor: systemActor("test") });
  const { id: web } = await ensureAccount(inside, "web");
  await createEntry(inside, {
    title: "¿Cuál es su horario?",
    body: "Abrimos de lunes a viernes de 8:00 a 19:00.",
    locale: "es",
  });
  await createEntry(inside, {
    title: "How much is a diagnostic visit?",
    body: "A diagnostic visit costs 350 pesos.",
    locale: "en",
  });
  return {
    ...person,
    h,
    inside,
    web,
    say: (text, { who = "ana", ...more } = {}) =>
      receiveMessage(inside, {
        channelAccountId: web,
        contact: { identities: [{ kind: "external", value: who }] },
        kind: "text",
        text,
        ...more,
      }),
    settle: () => {
      h.clock.advance(301);
      return work(h);
    },
  };
}

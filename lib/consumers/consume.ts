import type { Ctx, Tx } from "../context.ts";
import { type Abreast, abreast, consumeAbreast, consumeEvents, selectEvent } from "../events/mod.ts";
import { enqueue, type JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isStoreFault, messageOf } from "../kernel/errors.ts";
import { Impossible } from "../kernel/retry.ts";
import { redactText } from "../kernel/redact.ts";
import type { LiveEvent } from "../ports/live.ts";
import { eventsRetry } from "./jobs.ts";

/** What follows from events of all workspaces, each once and in order. */
export interface Consumer {
  /** Names the durable cursor, for example `dashboards`. */
  readonly name: string;
  /**
   * `tx` acts as the system in the event's workspace; what it writes commits with the cursor. What throws is tried
   * again by a job of its own, behind later events.
   */
  readonly handle: (tx: Tx, event: LiveEvent) => Promise<void>;
}

/** Events of one transaction: others wait for it. */
const BATCH = 50;

/** Hands each consumer all that it has not read. Resolves to how many events were handled. */
export async function drainConsumers(ctx: Ctx, consumers: readonly Consumer[]): Promise<number> {
  requireScope(ctx, "platform:write");
  const byName = new Map(consumers.map((consumer) => [consumer.name, consumer]));
  for (let all = 0;;) {
    ctx.signal?.throwIfAborted();
    // Those behind catch up with the next ones and go on with them, so that mostly one commit serves all.
    const [last] = await abreast(ctx, [...byName.keys()]);
    if (last === undefined) return all;
    const members = last.names.flatMap((name) => byName.get(name) ?? []);
    const read = await turn(ctx, last, members);
    all += (read ?? 0) * members.length;
    if (read === null || (last.ahead === null && read < BATCH)) return all;
  }
}

async function turn(
  ctx: Ctx,
  standing: Abreast,
  members: readonly Consumer[],
): Promise<number | null> {
  try {
    return await consumeAbreast(ctx, standing, {
      limit: BATCH,
      handles: members.map(({ handle }) => handle),
    });
  } catch (thrown) {
    if (isStoreFault(thrown)) throw thrown;
    const [alone] = members;
    if (members.length === 1 && alone !== undefined) return await oneByOne(ctx, alone);
    let read: number | null = 0;
    for (const member of members) {
      read = await turn(ctx, { ...standing, names: [member.name] }, [member]);
    }
    return read;
  }
}

/** Somewhere in the next batch is an event that fails: the others are handled, that one is set aside. */
async function oneByOne(ctx: Ctx, { name, handle }: Consumer): Promise<number> {
  for (let read = 0; read < BATCH; read++) {
    try {
      if (await consumeEvents(ctx, { consumer: name, limit: 1, handle }) === 0) return read;
    } catch (thrown) {
      if (isStoreFault(thrown)) throw thrown;
      const error = redactText(messageOf(thrown));
      const setAside = async (tx: Tx, { seq }: LiveEvent) => {
        await enqueue(tx, eventsRetry, { consumer: name, seq }, { delayMs: eventsRetry.backoff.baseMs });
      };
      await consumeEvents(ctx, { consumer: name, limit: 1, handle: setAside });
      ctx.ports.log.log("warn", "A consumer failed on an event and will be given it again", {
        consumer: name,
        error,
      });
    }
  }
  return BATCH;
}

/** Hands over an event that was set aside; its effect and the job's end are one commit. */
export async function retryEvent(
  ctx: JobCtx,
  { consumer, seq, consumers }: { consumer: string; seq: number; consumers: readonly Consumer[] },
): Promise<void> {
  const found = consumers.find(({ name }) => name === consumer);
  if (found === undefined) throw new Impossible(`There is no consumer named "${consumer}"`);
  const event = await selectEvent(ctx, seq);
  if (event === null) return;
  await ctx.as({ workspaceId: event.workspaceId }).transact(async (tx) => {
    // As it is now: it may have been erased, or deleted, since it was read.
    const now = await selectEvent(tx, seq);
    if (now !== null) await found.handle(tx, now);
    await ctx.finish(tx);
  });
}

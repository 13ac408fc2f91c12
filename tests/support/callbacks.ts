import { z } from "zod";
import { createQstashVerifier } from "../../lib/adapters/waker/qstash-verifier.ts";
import { createQstashWaker, type QstashWaker } from "../../lib/adapters/waker/qstash.ts";
import { createRegistry, handler, type JobCtx, type Schedule } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { type FakeQstash, startQstash } from "./fakes/qstash.ts";
import { signDelivery } from "./fakes/qstash-signing.ts";
import { type Harness, harness } from "./harness.ts";

export const noted = defineJob({
  name: "test.note",
  schema: z.object({ note: z.string() }),
  lane: "interactive",
  attempts: 3,
  backoff: { baseMs: 10_000, maxMs: 60_000 },
});

/** No handler of the test's registry runs it. */
export const elsewhere = defineJob({ name: "test.elsewhere", schema: z.object({}), lane: "bulk" });

export interface CallbackWorld {
  readonly h: Harness;
  readonly qstash: FakeQstash;
  readonly waker: QstashWaker;
  readonly publicUrl: string;
  /** How often each note was run. */
  readonly runs: Map<string, number>;
  /** Replaces what a run does. */
  run: (ctx: JobCtx, note: string) => Promise<void>;
  /** Posts a body to a path of jobs, signed well unless a signature is given. */
  post(path: string, body: string, signature?: string | null): Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Cauce on a port of loopback with QStash as its waker and nothing that stays alive. */
export async function openCallbacks({ schedules = [] }: { schedules?: readonly Schedule[] } = {}): Promise<
  CallbackWorld
> {
  const late: { h?: Harness } = {};
  const clock = { now: () => late.h?.clock.now() ?? 0 };
  const qstash = startQstash({ now: clock.now });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => await (late.h?.app.fetch(request) ?? new Response(null, { status: 503 })),
  );
  const publicUrl = `http://127.0.0.1:${server.addr.port}`;
  const { url, token, currentSigningKey, nextSigningKey } = qstash;
  const waker = createQstashWaker({
    url,
    token,
    publicUrl,
    clock,
    // A busy machine is no QStash that hangs.
    get timeoutMs() {
      return qstash.faults.hangs ? 300 : 60_000;
    },
    onFailure: (error, jobIds) => late.h?.ports.log.log("warn", "not published", { error, jobIds }),
  });
  const world: Pick<CallbackWorld, "run" | "runs"> = { run: () => Promise.resolve(), runs: new Map() };
  const noteHandler = handler(noted, async (ctx, { note }) => {
    world.runs.set(note, (world.runs.get(note) ?? 0) + 1);
    await world.run(ctx, note);
  });
  const h = await harness({
    env: {
      PUBLIC_URL: publicUrl,
      QSTASH_URL: url,
      QSTASH_TOKEN: token,
      QSTASH_CURRENT_SIGNING_KEY: currentSigningKey,
      QSTASH_NEXT_SIGNING_KEY: nextSigningKey,
    },
    ports: { waker },
    app: {
      registry: createRegistry([noteHandler]),
      schedules,
      callbacks: createQstashVerifier({ currentSigningKey, nextSigningKey, publicUrl }),
    },
  });
  late.h = h;
  return Object.assign(world, {
    h,
    qstash,
    waker,
    publicUrl,
    async post(path: string, body: string, given?: string | null) {
      const signature = given === undefined
        ? await signDelivery({ key: currentSigningKey, url: publicUrl + path, body })
        : given;
      return await fetch(publicUrl + path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(signature === null ? {} : { "upstash-signature": signature }),
        },
        body,
      });
    },
    async [Symbol.asyncDispose]() {
      await waker.settled();
      await qstash[Symbol.asyncDispose]();
      await server.shutdown();
      await h[Symbol.asyncDispose]();
    },
  });
}

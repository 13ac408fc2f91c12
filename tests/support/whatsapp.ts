import assert from "node:assert/strict";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import type { OutgoingContent, WhatsAppGraph } from "../../lib/ports/whatsapp.ts";
import { type WhatsAppFailure, whatsAppFailureOf } from "../../lib/ports/whatsapp-failures.ts";
import { type FakeGraph, type FakeGraphOptions, startFakeGraph } from "./fakes/graph.ts";

export const ANA = "5215511112222";
export const BERTA = "MX.13491208655302741918";

export interface Wired extends AsyncDisposable {
  readonly graph: FakeGraph;
  readonly port: WhatsAppGraph;
  /** Sends to Ana unless told otherwise. */
  send(content: OutgoingContent, to?: string): ReturnType<WhatsAppGraph["send"]>;
}

/** The real adapter before the fake, with the windows of Ana and Berta open. */
export async function wired(options: FakeGraphOptions & { timeoutMs?: number } = {}): Promise<Wired> {
  const { timeoutMs = 30_000, ...more } = options;
  const graph = await startFakeGraph(more);
  const port = createWhatsAppGraph(
    { baseUrl: graph.baseUrl, version: "v25.0", mediaHosts: [new URL(graph.baseUrl).host], timeoutMs },
    { fetch },
  );
  graph.customer({ phone: ANA }).says("Hola");
  graph.customer({ userId: BERTA }).says("Hola");
  graph.webhooks.queue.length = 0;
  return {
    graph,
    port,
    send: (content, to = ANA) =>
      port.send(graph.account, {
        to: /^[A-Z]/.test(to) ? { userId: to } : { phone: to },
        content,
      }, { callbackData: "msg_1" }),
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}

/** The failure of a call that must fail with one of the port's errors. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<WhatsAppFailure & { readonly error: AppError }> {
  const error = await call.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, `an AppError, not ${error}`);
  const failure = whatsAppFailureOf(error);
  assert.ok(failure !== null, `${error.code}: ${error.message} is not of the port`);
  return { ...failure, error };
}

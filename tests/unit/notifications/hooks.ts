import { Webhook } from "standardwebhooks";
import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { emit } from "../../../lib/events/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { type Receiver, startReceiver } from "../../support/fakes/receiver.ts";
import { type Desk, openDesk } from "./world.ts";

/** Takes every call. */
export const accept = (): Receiver =>
  startReceiver({ check: () => null, usual: () => new Response(null, { status: 204 }) });

/** A desk that may call endpoints on loopback. */
export async function openHooks(): Promise<Desk> {
  const desk = await openDesk({ ports: { fetch: createGuardedFetch({ allowLoopbackForTests: true }) } });
  desk.h.clock.set(Date.now()); // the receiver's library compares with the real time
  return desk;
}

/** So that there is something to tell. */
export const happen = (desk: Desk, type: string, data: Record<string, unknown> = {}) =>
  desk.inside.transact((tx) => emit(tx, { type, subjectId: "tkt_1", data }));

/** Hands events to consumers and works until nothing is due. */
export async function settle(desk: Desk): Promise<void> {
  do await drainConsumers(desk.h.system, consumers); while ((await desk.settle()).length > 0);
}

/** What a call says; throws if the secret did not sign it. */
export function verified(secret: string, { headers, text }: Receiver["requests"][number]): unknown {
  return new Webhook(secret).verify(text, Object.fromEntries(headers));
}

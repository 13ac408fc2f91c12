import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { iso } from "../kernel/clock.ts";
import { type MessageRow, type StateChange, updateState } from "./store-outgoing.ts";

/** Changes the state of an outgoing message and says so: ticks, refusals and holds are seen where they happen. */
export async function changeState(
  tx: Tx,
  message: Pick<MessageRow, "id" | "conversationId" | "externalId">,
  change: Omit<StateChange, "id">,
): Promise<void> {
  await updateState(tx, { ...change, id: message.id });
  await emit(tx, {
    type: "message.state_changed",
    subjectId: message.id,
    conversationId: message.conversationId,
    data: {
      message_id: message.id,
      state: change.state,
      state_reason: change.reason ?? null,
      external_id: change.externalId ?? message.externalId,
      at: iso(tx.now()),
    },
  });
}

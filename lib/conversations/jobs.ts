import { z } from "zod";
import { DAY, MINUTE, SECOND } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Answers the turn that a conversation has open. Pushed back by each new message: a burst is answered once. */
export const conversationAnswer = defineJob({
  name: "conversation.answer",
  schema: z.object({ conversationId: z.string() }),
  lane: "interactive",
  attempts: 10,
  backoff: { baseMs: 500, maxMs: MINUTE },
  timeoutMs: 2 * MINUTE,
  key: ({ conversationId }) => conversationId,
});

/**
 * Hands one message to its channel. Only the first unsent one of a conversation has a job that does something. Its
 * tries are counted by the message's own attempts, so the job itself may wait as often as it must.
 */
export const messageSend = defineJob({
  name: "message.send",
  schema: z.object({ messageId: z.string() }),
  lane: "interactive",
  attempts: 20,
  backoff: { baseMs: 1000, maxMs: MINUTE },
  timeoutMs: 3 * MINUTE,
  key: ({ messageId }) => messageId,
});

/** Shows the customer that the message was seen, and that somebody is typing. A courtesy: tried once. */
export const customerSeen = defineJob({
  name: "whatsapp.seen",
  schema: z.object({ conversationId: z.string(), typing: z.boolean() }),
  lane: "bulk",
  attempts: 1,
  timeoutMs: 20 * SECOND,
  key: ({ conversationId, typing }) => `${conversationId}:${typing}`,
});

/** Gives a conversation back to the bot when its time has come. */
export const conversationReturn = defineJob({
  name: "conversation.return",
  schema: z.object({ conversationId: z.string() }),
  lane: "default",
  key: ({ conversationId }) => conversationId,
});

/** Tells one operator or one address that somebody waits; one job a target, so that one failing holds up no other. */
export const operatorsNotify = defineJob({
  name: "operators.notify",
  schema: z.object({
    conversationId: z.string(),
    waitingSince: z.number(),
    target: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("mail"), to: z.string() }),
      z.object({ kind: z.literal("webhook"), url: z.string() }),
    ]),
  }),
  lane: "default",
  attempts: 8,
  backoff: { baseMs: 2000, maxMs: 30 * MINUTE },
  key: ({ conversationId, waitingSince, target }) =>
    `${conversationId}:${waitingSince}:${target.kind === "mail" ? target.to : target.url}`,
});

/** Deletes files whose rows are gone. */
export const blobsDelete = defineJob({
  name: "blobs.delete",
  schema: z.object({ keys: z.array(z.string()).max(500) }),
  lane: "maintenance",
  attempts: 20,
  backoff: { baseMs: 5000, maxMs: DAY / 4 },
});

/** The platform's daily turn: finds the workspaces that delete old conversations. */
export const retentionSweep = defineJob({
  name: "conversations.retention_sweep",
  schema: z.object({}),
  lane: "maintenance",
});

/** One workspace's old conversations and silent visitors, by the days that hold when it runs. */
export const retentionApply = defineJob({
  name: "conversations.retention",
  schema: z.object({}),
  lane: "maintenance",
  timeoutMs: 10 * MINUTE,
  key: () => "retention",
});

import type { Tx } from "../context.ts";
import { enqueueLate } from "../jobs/mod.ts";
import type { BusinessConfig } from "./business-schema.ts";
import { operatorsNotify } from "./jobs.ts";
import type { Talk } from "./store.ts";
import { selectOperatorEmails } from "./store-channels.ts";

/** Enqueues a notice to each operator (or the business's own addresses) and to its webhook: somebody waits. */
export async function callOperators(
  tx: Tx,
  { talk, business }: { talk: Talk; business: BusinessConfig },
): Promise<void> {
  const { id: conversationId, waitingSince } = talk.conversation;
  const { emails, webhook_url: url } = business.notify;
  const recipients = !tx.ports.mail.configured
    ? []
    : emails.length > 0
    ? emails
    : await selectOperatorEmails(tx);
  const targets = [
    ...recipients.map((to) => ({ kind: "mail" as const, to })),
    ...(url === null ? [] : [{ kind: "webhook" as const, url }]),
  ];
  for (const target of targets) {
    await enqueueLate(tx, operatorsNotify, {
      conversationId,
      waitingSince: waitingSince ?? tx.now(),
      target,
    });
  }
}

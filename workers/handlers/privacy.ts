import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { forgetMentions, forgetMentionsOf } from "../../lib/privacy/mod.ts";

export const privacyHandlers: readonly JobHandler[] = [
  handler(forgetMentions, async (ctx, { contact_id: contactId, sealed, until }) => {
    await forgetMentionsOf(ctx, { contactId, sealed, until });
  }),
];

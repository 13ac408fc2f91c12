import { mailInvitation, mailInvitationLink } from "../../lib/identity/mod.ts";
import { handler } from "../../lib/jobs/mod.ts";

/** May run twice: the second mail is the first again, under the same id. */
export const identityMailInvitation = handler(mailInvitation, mailInvitationLink);

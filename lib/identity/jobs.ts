import { z } from "zod";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Mails a reset link, if the address belongs to somebody. Asked for whether or not it does: see forgotPassword. */
export const mailReset = defineJob({
  name: "identity.mail_reset",
  schema: z.object({
    email: z.string(),
    /** Names the request; the token is derived from it, so that a second attempt mails the same link. */
    request: z.string(),
  }),
  lane: "interactive",
  // Beyond the hour that the link is worth anything: see mailResetLink.
  attempts: 60,
  backoff: { baseMs: 2 * SECOND, maxMs: 5 * MINUTE },
});

/** Mails an invitation. The job's workspace is the inviting one. */
export const mailInvitation = defineJob({
  name: "identity.mail_invitation",
  schema: z.object({ invitationId: z.string() }),
  lane: "interactive",
  // A mail server may be away for a night.
  attempts: 100,
  backoff: { baseMs: 2 * SECOND, maxMs: 15 * MINUTE },
});

/** Deletes sessions, tokens and tickets that are over. */
export const sweepIdentity = defineJob({
  name: "identity.sweep",
  schema: z.object({}),
  lane: "maintenance",
});

import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { mailRead, mailSweep, readMail, sweepMails } from "../../lib/mail-in/mod.ts";

/** Mail that came in. A second run finds it read. */
export const mailInHandlers: readonly JobHandler[] = [
  handler(mailRead, readMail),
  handler(mailSweep, async (ctx) => void await sweepMails(ctx)),
];

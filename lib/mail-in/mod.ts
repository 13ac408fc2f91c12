export {
  addMailAddress,
  changeMailAddress,
  getMailAddress,
  listMailAddresses,
  mailAddressChange,
  type MailAddressView,
  newMailAddress,
  removeMailAddress,
} from "./addresses.ts";
export { mailTools } from "./tools.ts";
export { type Collecting, collectMails } from "./collect.ts";
export { mailRead, mailSweep } from "./jobs.ts";
export { listMails, type MailView } from "./list.ts";
export {
  holdMailbox,
  mailboxAccount,
  type MailboxState,
  mailboxState,
  mailboxTokens,
  noteMailboxFault,
  releaseMailbox,
} from "./mailbox.ts";
export { MAIL_LIMITS } from "./policy.ts";
export { eraseMailsOf, exportMailsOf, forgetMailsOf } from "./privacy.ts";
export { readMail } from "./read.ts";
export { leaveMail, type LeftMail } from "./refuse.ts";
export { mailSchedules, sweepMails } from "./sweep.ts";
export { type ArrivedMail, type SignedMail, takeMail, takeSignedMail } from "./take.ts";
export { mailTemplates } from "./templates.ts";

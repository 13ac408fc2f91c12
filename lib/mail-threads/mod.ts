export { noteDelivery, noteMail, threadFor, ticketOfMail, withoutTag } from "./thread.ts";

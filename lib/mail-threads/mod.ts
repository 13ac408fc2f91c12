export { noteDelivery, noteMail, tagsOf, threadFor, ticketOfMail, withoutTag } from "./thread.ts";
export {
  deleteThreadsOf as forgetThreadsOf,
  selectMailIdsOf as mailIdsOf,
  selectPlacesOfTokens as placesOfTokens,
  selectTicketOfMails as ticketOfMails,
} from "./store.ts";

export { noteDelivery, noteMail, tagsOf, threadFor, ticketOfMail, withoutTag } from "./thread.ts";
export { selectPlacesOfTokens as placesOfTokens } from "./store.ts";

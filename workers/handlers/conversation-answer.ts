import { answerConversation, conversationAnswer } from "../../lib/conversations/mod.ts";
import { handler } from "../../lib/jobs/mod.ts";

/** May run twice: the turn's marks and the end of the job are one commit with the answer. */
export const conversationAnswerHandler = handler(conversationAnswer, answerConversation);

import {
  closeConversation,
  countConversations,
  getConversation,
  listConversations,
  listMessages,
  markRead,
  openAttachment,
  type Received,
  receiveFromApi,
  release,
  reply,
  takeOver,
  withFile,
} from "../../lib/conversations/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { download, fileOf } from "./download.ts";

/** What is said of a message that was taken in. */
export function toAcceptedDto({ conversationId, messageId, duplicate }: Received) {
  return { conversation_id: conversationId, message_id: messageId, duplicate };
}

export const conversations = createRouter()
  .openapi(contracts.listConversationsRoute, async (c) => {
    const { contact_id: contactId, ...query } = c.req.valid("query");
    return c.json(await listConversations(c.var.ctx, { ...query, contactId }), 200);
  })
  .openapi(contracts.createConversationRoute, async (c) => {
    return c.json(toAcceptedDto(await receiveFromApi(c.var.ctx, c.req.valid("json"))), 202);
  })
  .openapi(contracts.countConversationsRoute, async (c) => {
    return c.json(await countConversations(c.var.ctx), 200);
  })
  .openapi(contracts.getConversationRoute, async (c) => {
    return c.json(await getConversation(c.var.ctx, { conversationId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.listMessagesRoute, async (c) => {
    const query = { conversationId: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await listMessages(c.var.ctx, query), 200);
  })
  .openapi(contracts.replyRoute, async (c) => {
    const { text } = c.req.valid("json");
    return c.json(await reply(c.var.ctx, { conversationId: c.req.valid("param").id, text }), 201);
  })
  .openapi(contracts.takeoverRoute, async (c) => {
    return c.json(await takeOver(c.var.ctx, { conversationId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.releaseRoute, async (c) => {
    return c.json(await release(c.var.ctx, { conversationId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.closeRoute, async (c) => {
    return c.json(await closeConversation(c.var.ctx, { conversationId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.readRoute, async (c) => {
    return c.json(await markRead(c.var.ctx, { conversationId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.replyWithFileRoute, async (c) => {
    const { file, text = "" } = c.req.valid("form");
    const conversationId = c.req.valid("param").id;
    const sent = await withFile(
      c.var.ctx,
      await fileOf(file),
      (stored, inside) => reply(inside, { conversationId, text, files: [stored] }),
    );
    return c.json(sent, 201);
  })
  .openapi(contracts.downloadRoute, async (c) => {
    return download(c, await openAttachment(c.var.ctx, c.req.valid("param").id));
  });

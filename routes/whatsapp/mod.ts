import { listConversations, listMessages } from "../../lib/conversations/mod.ts";
import {
  createTemplate,
  deleteTemplate,
  editTemplate,
  enqueueMessage,
  listTemplates,
  syncTemplates,
  toTemplateDto,
  whatsAppStatus,
} from "../../lib/messaging/mod.ts";
import { toOrder } from "../queue/order.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const whatsapp = createRouter()
  .openapi(contracts.statusRoute, async (c) => {
    return c.json({ data: await whatsAppStatus(c.var.ctx), next_cursor: null }, 200);
  })
  .openapi(contracts.sendRoute, async (c) => {
    return c.json(await enqueueMessage(c.var.ctx, toOrder(c.req.valid("json"))), 202);
  })
  .openapi(contracts.chatsRoute, async (c) => {
    return c.json(await listConversations(c.var.ctx, { ...c.req.valid("query"), channel: "whatsapp" }), 200);
  })
  .openapi(contracts.chatMessagesRoute, async (c) => {
    const query = { conversationId: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await listMessages(c.var.ctx, query), 200);
  })
  .openapi(contracts.listTemplatesRoute, async (c) => {
    const { data, next_cursor } = await listTemplates(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toTemplateDto), next_cursor }, 200);
  })
  .openapi(contracts.createTemplateRoute, async (c) => {
    return c.json(toTemplateDto(await createTemplate(c.var.ctx, c.req.valid("json"))), 201);
  })
  .openapi(contracts.syncTemplatesRoute, async (c) => {
    return c.json(await syncTemplates(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.editTemplateRoute, async (c) => {
    const change = { ...c.req.valid("json"), id: c.req.valid("param").id };
    return c.json(toTemplateDto(await editTemplate(c.var.ctx, change)), 200);
  })
  .openapi(contracts.deleteTemplateRoute, async (c) => {
    await deleteTemplate(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  });

import {
  cancelQueued,
  enqueueMessage,
  getQueued,
  listQueue,
  queueStats,
  retryQueued,
} from "../../lib/messaging/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { toOrder } from "./order.ts";

export const queue = createRouter()
  .openapi(contracts.listQueueRoute, async (c) => {
    const { state, conversation_id: conversationId, ...page } = c.req.valid("query");
    const states = state === undefined ? undefined : [state];
    return c.json(await listQueue(c.var.ctx, { ...page, states, conversationId }), 200);
  })
  .openapi(contracts.enqueueRoute, async (c) => {
    return c.json(await enqueueMessage(c.var.ctx, toOrder(c.req.valid("json"))), 202);
  })
  .openapi(contracts.queueStatsRoute, async (c) => {
    return c.json(await queueStats(c.var.ctx), 200);
  })
  .openapi(contracts.getQueuedRoute, async (c) => {
    return c.json(await getQueued(c.var.ctx, { messageId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.cancelQueuedRoute, async (c) => {
    return c.json(await cancelQueued(c.var.ctx, { messageId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.retryQueuedRoute, async (c) => {
    return c.json(await retryQueued(c.var.ctx, { messageId: c.req.valid("param").id }), 202);
  });

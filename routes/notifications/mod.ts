import {
  announce,
  cancelBulk,
  getBulk,
  getDelivery,
  listBulks,
  listDeliveries,
  listInbox,
  readAllNotifications,
  readNotification,
  resendDelivery,
  sendBulk,
  sendNotification,
  unreadCount,
} from "../../lib/notifications/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const notifications = createRouter()
  .openapi(contracts.sendRoute, async (c) => {
    return c.json(await sendNotification(c.var.ctx, c.req.valid("json")), 202);
  })
  .openapi(contracts.historyRoute, async (c) => {
    const { state, notification_id: notificationId, subject_id: subjectId, ...query } = c.req.valid("query");
    const states = state === undefined ? undefined : [state];
    return c.json(await listDeliveries(c.var.ctx, { ...query, states, notificationId, subjectId }), 200);
  })
  .openapi(contracts.deliveryRoute, async (c) => {
    const { tries, ...delivery } = await getDelivery(c.var.ctx, c.req.valid("param").id);
    return c.json({ ...delivery, tries: [...tries] }, 200);
  })
  .openapi(contracts.resendRoute, async (c) => {
    return c.json(await resendDelivery(c.var.ctx, c.req.valid("param").id), 202);
  })
  .openapi(contracts.announceRoute, async (c) => {
    const { user_ids: userIds, ...rest } = c.req.valid("json");
    return c.json(await announce(c.var.ctx, { ...rest, userIds }), 202);
  })
  .openapi(contracts.bulkRoute, async (c) => c.json(await sendBulk(c.var.ctx, c.req.valid("json")), 202))
  .openapi(contracts.bulksRoute, async (c) => c.json(await listBulks(c.var.ctx, c.req.valid("query")), 200))
  .openapi(
    contracts.bulkStateRoute,
    async (c) => c.json(await getBulk(c.var.ctx, c.req.valid("param").id), 200),
  )
  .openapi(contracts.cancelBulkRoute, async (c) => {
    return c.json(await cancelBulk(c.var.ctx, c.req.valid("param").id), 200);
  })
  .openapi(contracts.inboxRoute, async (c) => {
    const { unread, ...page } = c.req.valid("query");
    return c.json(await listInbox(c.var.ctx, { ...page, unread: unread === "true" }), 200);
  })
  .openapi(contracts.unreadRoute, async (c) => c.json(await unreadCount(c.var.ctx), 200))
  .openapi(contracts.readAllRoute, async (c) => c.json(await readAllNotifications(c.var.ctx), 200))
  .openapi(contracts.readRoute, async (c) => {
    return c.json(await readNotification(c.var.ctx, c.req.valid("param").id), 200);
  });

import {
  addPhoto,
  cancelVisit,
  changeVisit,
  changeVisitSettings,
  checkIn,
  checkOut,
  confirmVisit,
  createVisit,
  departVisit,
  findSlots,
  getVisit,
  getVisitSettings,
  listVisits,
  markNoShow,
  openPhoto,
  removeFeed,
  removePhoto,
  renewFeed,
  scheduleVisit,
} from "../../lib/visits/mod.ts";
import { download, fileOf } from "../conversations/download.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const visits = createRouter()
  .openapi(contracts.listVisitsRoute, async (c) => {
    return c.json(await listVisits(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.createVisitRoute, async (c) => {
    return c.json(await createVisit(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.slotsRoute, async (c) => {
    return c.json(await findSlots(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.visitSettingsRoute, async (c) => {
    return c.json(await getVisitSettings(c.var.ctx), 200);
  })
  .openapi(contracts.changeVisitSettingsRoute, async (c) => {
    return c.json(await changeVisitSettings(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.getVisitRoute, async (c) => {
    return c.json(await getVisit(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeVisitRoute, async (c) => {
    return c.json(await changeVisit(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.scheduleVisitRoute, async (c) => {
    return c.json(await scheduleVisit(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.confirmVisitRoute, async (c) => {
    return c.json(await confirmVisit(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.departVisitRoute, async (c) => {
    return c.json(await departVisit(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.checkInRoute, async (c) => {
    return c.json(await checkIn(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.checkOutRoute, async (c) => {
    return c.json(await checkOut(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.cancelVisitRoute, async (c) => {
    return c.json(await cancelVisit(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.noShowRoute, async (c) => {
    return c.json(await markNoShow(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.addPhotoRoute, async (c) => {
    const { file, moment } = c.req.valid("form");
    const photo = { ...await fileOf(file), moment, ...c.req.valid("param") };
    return c.json(await addPhoto(c.var.ctx, photo), 201);
  })
  .openapi(contracts.openPhotoRoute, async (c) => {
    const { id, photo_id: photoId } = c.req.valid("param");
    return download(c, await openPhoto(c.var.ctx, { id, photoId }));
  })
  .openapi(contracts.removePhotoRoute, async (c) => {
    const { id, photo_id: photoId } = c.req.valid("param");
    await removePhoto(c.var.ctx, { id, photoId });
    return c.body(null, 204);
  })
  .openapi(contracts.renewFeedRoute, async (c) => {
    return c.json(await renewFeed(c.var.ctx, c.req.valid("param")), 201);
  })
  .openapi(contracts.removeFeedRoute, async (c) => {
    await removeFeed(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  });

import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { type Download, dropBlobs, dropNow, namingBlob, storeFile } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope, systemActor } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { PhotoMoment } from "../../db/schema/visits.ts";
import { loadVisit } from "./load.ts";
import { type PhotoView, photoView } from "./present.ts";
import { deletePhoto, insertPhoto, type PhotoRow, selectPhoto, selectPhotos } from "./store-photos.ts";

const MOST = 50;

export interface NewPhoto {
  readonly id: string;
  readonly moment: PhotoMoment;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Keeps a picture of what was found, or of what was done. Throws 409 before the check-in and over 50 pictures, 415 for
 * what is no picture by its bytes.
 */
export async function addPhoto(ctx: Ctx, { id, moment, name, bytes }: NewPhoto): Promise<PhotoView> {
  requireScope(ctx, "visits:write");
  const { checkedInAt } = await loadVisit(ctx, id);
  if (checkedInAt === null) {
    throw new AppError("conflict", "Check in first: pictures are of a visit that takes place");
  }
  const file = await storeFile(ctx.as({ actor: systemActor("visits") }), { name, bytes });
  if (file.kind !== "image") {
    await dropNow(ctx, file.blobKey);
    throw new AppError("unsupported_media_type", "Only pictures belong to a visit");
  }
  return await namingBlob(ctx, file.blobKey, (inside) =>
    inside.transact(async (tx) => {
      const { id: visitId } = await loadVisit(tx, id);
      if ((await selectPhotos(tx, [visitId])).length >= MOST) {
        throw new AppError("conflict", `A visit has at most ${MOST} pictures`);
      }
      const { contentType, size, sha256, blobKey } = file;
      const row = {
        id: newId("visitPhoto"),
        workspaceId: tx.workspaceId,
        visitId,
        moment,
        name: file.name,
        contentType,
        size,
        sha256,
        blobKey,
        createdAt: tx.now(),
      };
      await insertPhoto(tx, row);
      await emit(tx, { type: "visit.photo_added", subjectId: visitId, data: { photo: photoView(row) } });
      await audit(tx, { action: "visit.add_photo", subjectId: visitId, detail: { photoId: row.id } });
      return photoView(row);
    }));
}

export async function openPhoto(
  ctx: Ctx,
  { id, photoId }: { id: string; photoId: string },
): Promise<Download> {
  requireScope(ctx, "visits:read");
  const photo = await loadPhoto(ctx, { id, photoId });
  const found = await ctx.ports.blobs.get(photo.blobKey);
  if (found === null) throw notFound("file of the picture", photoId);
  return { name: photo.name, contentType: photo.contentType, size: found.size, body: found.body };
}

/** Takes a picture back, with its file: the wrong one, or one that shows more than it should. */
export async function removePhoto(
  ctx: Ctx,
  { id, photoId }: { id: string; photoId: string },
): Promise<void> {
  requireScope(ctx, "visits:write");
  await ctx.transact(async (tx) => {
    const photo = await loadPhoto(tx, { id, photoId });
    await deletePhoto(tx, photoId);
    await dropBlobs(tx, [photo.blobKey]);
    await emit(tx, { type: "visit.photo_removed", subjectId: id, data: { photo_id: photoId } });
    await audit(tx, { action: "visit.remove_photo", subjectId: id, detail: { photoId } });
  });
}

async function loadPhoto(at: Ctx, { id, photoId }: { id: string; photoId: string }): Promise<PhotoRow> {
  const photo = await selectPhoto(at, photoId);
  if (photo === null || photo.visitId !== id) throw notFound("picture of the visit", photoId);
  return photo;
}

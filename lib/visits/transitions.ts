import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { loadVisit } from "./load.ts";
import { linkView, type VisitLinkView, visitOfToken } from "./link.ts";
import { CLIENT, requireTransition } from "./policy.ts";
import { type VisitView, visitView } from "./present.ts";
import { cancelInput, type CheckInput, checkInput, linkAnswer } from "./schemas.ts";
import type { VisitRow } from "./store.ts";
import { type Move, moveVisit } from "./write.ts";

/** Loads a visit, refuses what its state doesn't allow (409 with what it does), and moves it. */
async function move(
  ctx: Ctx,
  id: string,
  to: (tx: Tx, before: VisitRow) => Omit<Move, "before">,
): Promise<VisitView> {
  requireScope(ctx, "visits:write");
  return await ctx.transact(async (tx) => {
    const before = await loadVisit(tx, id);
    const next = to(tx, before);
    requireTransition(before.state, next.to);
    return await visitView(tx, await moveVisit(tx, { before, ...next }));
  });
}

/** Says for the client that the time is good. */
export async function confirmVisit(ctx: Ctx, { id }: { id: string }): Promise<VisitView> {
  return await move(ctx, id, (tx) => ({
    to: "confirmed",
    change: { confirmedAt: tx.now(), confirmedBy: tx.actor.id },
    revised: true,
  }));
}

/** The operator is on the way. */
export async function departVisit(ctx: Ctx, { id }: { id: string }): Promise<VisitView> {
  return await move(ctx, id, () => ({ to: "on_the_way" }));
}

export async function checkIn(ctx: Ctx, { id, ...input }: CheckInput & { id: string }): Promise<VisitView> {
  const { note, latitude, longitude } = checkInput.parse(input);
  return await move(ctx, id, (tx) => ({
    to: "checked_in",
    change: {
      checkedInAt: tx.now(),
      checkInNote: note,
      checkInLatitude: latitude,
      checkInLongitude: longitude,
    },
  }));
}

export async function checkOut(ctx: Ctx, { id, ...input }: CheckInput & { id: string }): Promise<VisitView> {
  const { note, latitude, longitude } = checkInput.parse(input);
  return await move(ctx, id, (tx) => ({
    to: "completed",
    change: {
      checkedOutAt: tx.now(),
      checkOutNote: note,
      checkOutLatitude: latitude,
      checkOutLongitude: longitude,
    },
  }));
}

export async function cancelVisit(
  ctx: Ctx,
  { id, ...input }: { id: string; reason: string },
): Promise<VisitView> {
  const { reason } = cancelInput.parse(input);
  return await move(ctx, id, () => ({
    to: "cancelled",
    change: { cancelReason: reason },
    reason,
    news: "cancelled",
  }));
}

/** Nobody was there. Throws 409 before the visit's time. */
export async function markNoShow(ctx: Ctx, { id }: { id: string }): Promise<VisitView> {
  return await move(ctx, id, (tx, { startsAt }) => {
    if (startsAt !== null && startsAt > tx.now()) {
      throw new AppError("conflict", "The visit's time has not come yet");
    }
    return { to: "no_show", revised: true };
  });
}

/** What the client may see by the link. Throws 404 for a link that we did not make. */
export async function openVisitLink(ctx: Ctx, { token }: { token: string }): Promise<VisitLinkView> {
  const { visit, inside } = await visitOfToken(ctx, token);
  return await linkView(inside, visit);
}

/** The client's answer by the link. Said twice it is one answer. Throws 404, 409. */
export async function answerVisitLink(
  ctx: Ctx,
  { token, ...input }: { token: string; action: "confirm" | "cancel" },
): Promise<VisitLinkView> {
  const { action } = linkAnswer.parse(input);
  const { visit: { id }, inside } = await visitOfToken(ctx, token);
  return await inside.transact(async (tx) => {
    const before = await loadVisit(tx, id);
    const to = action === "confirm" ? "confirmed" : "cancelled";
    if (before.state === to) return await linkView(tx, before);
    requireTransition(before.state, to);
    const row = await moveVisit(
      tx,
      action === "confirm"
        ? { before, to, change: { confirmedAt: tx.now(), confirmedBy: CLIENT }, revised: true }
        : { before, to, change: { cancelReason: CLIENT }, reason: CLIENT, news: "cancelled" },
    );
    return await linkView(tx, row);
  });
}

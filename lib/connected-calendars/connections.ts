import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Page } from "../kernel/page.ts";
import { loadOperator, requireOwnOperator } from "../operators/mod.ts";
import { calendarLook } from "./jobs.ts";
import { type ConnectionView, connectionView } from "./present.ts";
import { type NewConnection, newConnection } from "./schemas.ts";
import {
  type ConnectionRow,
  deleteConnection,
  insertConnection,
  selectConnection,
  selectConnections,
  updateConnection,
} from "./store.ts";

const MOST_CALENDARS = 5;

/** Which calendar of which operator. */
interface Choice {
  readonly id: string;
  readonly calendarId: string;
}

/** An operator's calendars, with how the last look at each went. */
export async function listConnections(ctx: Ctx, { id }: { id: string }): Promise<Page<ConnectionView>> {
  await requireOwn(ctx, id);
  await loadOperator(ctx, id);
  return { data: (await selectConnections(ctx, id)).map(connectionView), next_cursor: null };
}

export async function getConnection(ctx: Ctx, choice: Choice): Promise<ConnectionView> {
  await requireOwn(ctx, choice.id);
  return connectionView(await load(ctx, choice));
}

/**
 * Connects a calendar by its address: its busy times count from the first look on, which follows at once. Throws 409
 * beyond five, 422 for an address that may not be called.
 */
export async function connectCalendar(
  ctx: Ctx,
  { id: operatorId, ...input }: NewConnection & { id: string },
): Promise<ConnectionView> {
  await requireOwn(ctx, operatorId);
  const { name, url } = newConnection.parse(input);
  await ctx.ports.fetch.check(url);
  const id = newId("connectedCalendar");
  const sealed = await ctx.ports.secrets.seal(url, id);
  const { host } = new URL(url);
  return await ctx.transact(async (tx) => {
    await loadOperator(tx, operatorId);
    if ((await selectConnections(tx, operatorId)).length >= MOST_CALENDARS) {
      throw new AppError(
        "conflict",
        `An operator has at most ${MOST_CALENDARS} calendars: disconnect one first`,
      );
    }
    const now = tx.now();
    const row = await insertConnection(tx, {
      id,
      operatorId,
      name,
      host,
      url: sealed,
      connectedBy: tx.actor.kind === "user" ? tx.actor.id : null,
      nextLookAt: now,
      createdAt: now,
    });
    await enqueue(tx, calendarLook, { calendarId: id });
    const data = { operator_id: operatorId, calendar_id: id, host };
    await emit(tx, { type: "calendar.connected", subjectId: operatorId, data });
    await audit(tx, { action: "connected_calendar.connect", subjectId: operatorId, detail: { name, host } });
    return connectionView(row);
  });
}

/** Has a calendar looked at now, whenever its time is. */
export async function refreshCalendar(ctx: Ctx, choice: Choice): Promise<ConnectionView> {
  await requireOwn(ctx, choice.id);
  return await ctx.transact(async (tx) => {
    const row = await load(tx, choice);
    const nextLookAt = tx.now();
    await updateConnection(tx, row.id, { nextLookAt });
    await enqueue(tx, calendarLook, { calendarId: row.id });
    await audit(tx, {
      action: "connected_calendar.refresh",
      subjectId: row.operatorId,
      detail: { id: row.id },
    });
    return connectionView({ ...row, nextLookAt });
  });
}

/** Forgets the address and every busy time that it gave. */
export async function disconnectCalendar(ctx: Ctx, choice: Choice): Promise<void> {
  await requireOwn(ctx, choice.id);
  await ctx.transact(async (tx) => {
    const { id, operatorId, name, host } = await load(tx, choice);
    await deleteConnection(tx, id);
    const data = { operator_id: operatorId, calendar_id: id, host };
    await emit(tx, { type: "calendar.disconnected", subjectId: operatorId, data });
    await audit(tx, {
      action: "connected_calendar.disconnect",
      subjectId: operatorId,
      detail: { name, host },
    });
  });
}

async function requireOwn(ctx: Ctx, operatorId: string): Promise<void> {
  requireScope(ctx, "visits:read");
  await requireOwnOperator(ctx, operatorId);
}

/** Throws 404, also for another operator's. */
async function load(at: Ctx, { id, calendarId }: Choice): Promise<ConnectionRow> {
  const row = await selectConnection(at, calendarId);
  if (row === null || row.operatorId !== id) throw notFound("connected calendar", calendarId);
  return row;
}

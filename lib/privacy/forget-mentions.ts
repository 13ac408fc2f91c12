import type { JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { nextTurn } from "../kernel/clock.ts";
import { fromJson } from "../kernel/json.ts";
import { mentioner } from "./mentions.ts";
import { emptySessions, emptyTurns, type Place, selectSaid, selectTalkers } from "./store-watson.ts";

/** Rows of one read: a fraction of a millisecond for others. */
const TURN = 500;
const START: Place = { at: 0, id: "" };

/**
 * Reads through what was said to Watson up to an erasure and empties what names the person. Begun again it finds less
 * to do. Resolves to how many turns it emptied.
 */
export async function forgetMentionsOf(
  ctx: JobCtx,
  { contactId, sealed, until }: { contactId: string; sealed: string; until: number },
): Promise<number> {
  requireScope(ctx, "contacts:write");
  const known = fromJson(await ctx.ports.secrets.open(sealed, contactId));
  const names = mentioner(Array.isArray(known) ? known.map(String) : []);
  let emptied = 0;
  for (let place: Place | null = START; place !== null; await nextTurn()) {
    ctx.signal.throwIfAborted();
    const rows = await selectSaid(ctx, { after: place, until, limit: TURN });
    const ids = rows.filter(({ said }) => names(said)).map(({ id }) => id);
    if (ids.length > 0) await ctx.transact((tx) => emptyTurns(tx, ids));
    emptied += ids.length;
    place = rows.length < TURN ? null : rows.at(-1) ?? null;
  }
  for (let place: Place | null = START; place !== null; await nextTurn()) {
    ctx.signal.throwIfAborted();
    const rows = await selectTalkers(ctx, { after: place, until, limit: TURN });
    const ids = rows.filter(({ said }) => names(said)).map(({ id }) => id);
    if (ids.length > 0) await ctx.transact((tx) => emptySessions(tx, ids));
    place = rows.length < TURN ? null : rows.at(-1) ?? null;
  }
  return emptied;
}

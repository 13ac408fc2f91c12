import type { Ctx } from "../context.ts";
import { applyRetention } from "../conversations/mod.ts";
import { forgetMailsOf } from "../mail-in/mod.ts";
import { forgetNotificationsAbout } from "../notifications/mod.ts";
import { emptyRunsOf, forgetWatchesOf } from "../rules/mod.ts";
import { applyTicketRetention } from "../tickets/mod.ts";
import { selectMessageIdsOf } from "./store.ts";
import { emptyTurnsAbout } from "./store-watson.ts";

/** Deletes old conversations with all that refers to them. Resolves to how many. */
export async function retainConversations(ctx: Ctx, { days }: { days: number }): Promise<number> {
  return await applyRetention(ctx, {
    days,
    also: async (tx, ids) => {
      const subjectIds = [...ids, ...await selectMessageIdsOf(tx, ids)];
      await forgetNotificationsAbout(tx, subjectIds);
      await emptyRunsOf(tx, subjectIds);
    },
  });
}

/** Deletes old tickets with all that refers to them: mails, threads, promises, watches, what rules and Watson did. */
export async function retainTickets(ctx: Ctx, { days }: { days: number }): Promise<number> {
  return await applyTicketRetention(ctx, {
    days,
    also: async (tx, ids) => {
      await forgetMailsOf(tx, ids);
      await forgetWatchesOf(tx, ids);
      await emptyTurnsAbout(tx, ids);
    },
  });
}

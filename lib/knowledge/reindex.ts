import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { indexOf } from "./indexing.ts";
import { rememberWords, replaceChunks, selectEntry, selectIdsAfter } from "./store.ts";

const BATCH = 100;

/**
 * Makes the chunks and the index of every entry anew: after a release that stems or cuts otherwise. An entry a commit,
 * so that answers go on meanwhile; resolves to how many there were.
 */
export async function reindexKnowledge(ctx: Ctx): Promise<number> {
  requireScope(ctx, "knowledge:write");
  let done = 0;
  for (let ids = await selectIdsAfter(ctx, { after: "", limit: BATCH }); ids.length > 0;) {
    for (const id of ids) {
      await ctx.transact(async (tx) => {
        const entry = await selectEntry(tx, id);
        if (entry === undefined) return;
        const { chunks, words } = indexOf(entry);
        await replaceChunks(tx, entry, chunks);
        await rememberWords(tx, words);
        done++;
      });
    }
    ids = await selectIdsAfter(ctx, { after: ids.at(-1) ?? "", limit: BATCH });
  }
  await ctx.transact((tx) =>
    audit(tx, { action: "knowledge.reindex", subjectId: tx.workspaceId, detail: { entries: done } })
  );
  return done;
}

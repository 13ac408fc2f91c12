import type { Ctx, Tx } from "../context.ts";
import { audit } from "../audit/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { indexOf } from "./indexing.ts";
import { SAMPLE_ENTRIES } from "./sample-entries.ts";
import {
  deleteEntryRow,
  forgetWordsWhenEmpty,
  insertEntry,
  rememberWords,
  replaceChunks,
  selectSampleIds,
} from "./store.ts";

/** Puts the sample business's twenty entries in, unless they are there; resolves to how many were added. */
export async function seedSample(ctx: Ctx): Promise<number> {
  requireScope(ctx, "knowledge:write");
  const prepared = SAMPLE_ENTRIES.map(({ title, body, locale, tags }) => {
    const entry = {
      kind: "pair" as const,
      title,
      body,
      locale,
      tags: [...tags],
      source: null,
      sample: true,
      enabled: true,
    };
    return { entry, index: indexOf(entry) };
  });
  return await ctx.transact(async (tx) => {
    if ((await selectSampleIds(tx)).length > 0) return 0;
    for (const { entry, index } of prepared) {
      const row = await insertEntry(tx, entry);
      await replaceChunks(tx, row, index.chunks);
      await rememberWords(tx, index.words);
    }
    await emit(tx, {
      type: "knowledge.sample_added",
      subjectId: tx.workspaceId,
      data: { entries: prepared.length },
    });
    await audit(tx, {
      action: "knowledge.sample_add",
      subjectId: tx.workspaceId,
      detail: { entries: prepared.length },
    });
    return prepared.length;
  });
}

/** Takes the sample out; resolves to how many entries went. Called when the first real channel is connected and by set-up. */
export async function removeSample(tx: Tx): Promise<number> {
  requireScope(tx, "knowledge:write");
  const ids = await selectSampleIds(tx);
  if (ids.length === 0) return 0;
  for (const id of ids) await deleteEntryRow(tx, id);
  await forgetWordsWhenEmpty(tx);
  await emit(tx, {
    type: "knowledge.sample_removed",
    subjectId: tx.workspaceId,
    data: { entries: ids.length },
  });
  await audit(tx, {
    action: "knowledge.sample_remove",
    subjectId: tx.workspaceId,
    detail: { entries: ids.length },
  });
  return ids.length;
}

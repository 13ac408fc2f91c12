import { dropBlobs } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DATASETS } from "./datasets.ts";
import { KEEP_MS } from "./generate.ts";
import { restartPersonal, withdrawPersonal } from "./store-reports.ts";

const NAMING = Object.values(DATASETS).flatMap(({ columns }) =>
  Object.entries(columns).flatMap(([name, { person }]) => person === true ? [name] : [])
);
const WHY = "It was withdrawn because a person who may be in it was erased: ask for the report anew";

/** Removes the files of reports that can hold a person who is erased in the caller's transaction, and the person from what was asked. */
export async function withdrawReports(tx: Tx): Promise<void> {
  requireScope(tx, "contacts:write");
  const finishedAt = tx.now();
  const gone = await withdrawPersonal(tx, {
    error: WHY,
    finishedAt,
    expiresAt: finishedAt + KEEP_MS,
    naming: NAMING,
  });
  await restartPersonal(tx);
  await dropBlobs(tx, gone.flatMap(({ blobKey }) => blobKey ?? []));
  for (const { id, name } of gone) {
    await emit(tx, { type: "report.withdrawn", subjectId: id, data: { name, reason: "person_erased" } });
  }
}

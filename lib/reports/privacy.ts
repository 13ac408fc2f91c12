import { dropBlobs } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { restartPersonal, withdrawPersonal } from "./store-reports.ts";

const WHY = "Its file was removed because a person who may be in it was erased: ask for the report anew";

/** Removes the files of reports that can hold a person who is erased in the caller's transaction. */
export async function withdrawReports(tx: Tx): Promise<void> {
  requireScope(tx, "contacts:write");
  await restartPersonal(tx);
  const gone = await withdrawPersonal(tx, WHY);
  await dropBlobs(tx, gone.flatMap(({ blobKey }) => blobKey ?? []));
  for (const { id, name } of gone) {
    await emit(tx, { type: "report.withdrawn", subjectId: id, data: { name, reason: "person_erased" } });
  }
}

import { eq, sql } from "drizzle-orm";
import { storageProbes } from "../../db/schema/log.ts";
import { statementBlind } from "../../db/statement.ts";
import type { Tx } from "../context.ts";

const p = sql.placeholder;
/** More than a page, so that the file has to find room. */
const FILLER = "x".repeat(16_384);

const insertProbe = statementBlind((db) =>
  db.insert(storageProbes).values({ id: p("id"), filler: p("filler") }).prepare()
);
const deleteProbe = statementBlind((db) =>
  db.delete(storageProbes).where(eq(storageProbes.id, p("id"))).prepare()
);

/** Takes room and gives it back within the transaction. Of no workspace: it is the storage that is asked. */
export async function writeProbe(tx: Tx, id: string): Promise<void> {
  await insertProbe(tx, { id, filler: FILLER });
  await deleteProbe(tx, { id });
}

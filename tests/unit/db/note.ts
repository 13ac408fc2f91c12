import { sql } from "drizzle-orm";
import type { Db } from "../../../lib/ports/db.ts";
import { standStill } from "../../support/timers.ts";

/** Writes one. */
export const note = (at: Db, body: string) => at.run(sql`insert into notes (body) values (${body})`);

/** A group ends once it took long, which a busy machine makes of four rows: for the writer no time passes meanwhile. */
export async function inOneGroup<T>(work: () => Promise<T>): Promise<T> {
  using _ = standStill();
  return await work();
}

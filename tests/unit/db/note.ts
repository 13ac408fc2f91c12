import { sql } from "drizzle-orm";
import type { Db } from "../../../lib/ports/db.ts";

/** Writes one. */
export const note = (at: Db, body: string) => at.run(sql`insert into notes (body) values (${body})`);

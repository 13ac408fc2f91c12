/** Writes to a database until the system lets its files grow no more, then says what that was told as. */
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { sql } from "drizzle-orm";

const [path = ""] = Deno.args;
const database = await createFileDatabase({ path });
await database.exec("create table if not exists notes (id integer primary key, body text)");
let kept = 0;
for (;;) {
  try {
    await database.transact((tx) => tx.run(sql`insert into notes (body) values (hex(randomblob(50000)))`));
    kept++;
  } catch (thrown) {
    const code = thrown instanceof AppError ? thrown.code : String(thrown);
    const rows = await database.db.all<{ n: number }>(sql`select count(*) as n from notes`);
    // deno-lint-ignore no-console -- it is what the test reads
    console.log(JSON.stringify({ code, kept, rows: rows[0]?.n }));
    break;
  }
}
Deno.exit(0);

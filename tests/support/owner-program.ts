/** The process behind tests/support/owner-process.ts. */
import { sql } from "drizzle-orm";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { writeOwnerFile } from "../../lib/adapters/db/owner.ts";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { dirname } from "node:path";

const CALLERS = 16;
const [path = "", mode] = Deno.args;
const database = await createFileDatabase({ path });
await database.exec(`create table if not exists acks (n integer primary key);
  create table if not exists twins (n integer primary key references acks (n))`);
const token = crypto.randomUUID();
const { url } = serveHrana(database, { token });
await writeOwnerFile(dirname(path), { url, token });
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
say("ready");

const { rows: [last] } = await database.client.execute("select coalesce(max(n), 0) as n from acks");
let next = Number(last?.n) + 1;
const write = async () => {
  for (;;) {
    const n = next++;
    await database.transact(async (tx) => {
      await tx.run(sql`insert into acks (n) values (${n})`);
      await tx.run(sql`insert into twins (n) values (${n})`);
    });
    say(String(n));
  }
};
if (mode === "load") await Promise.all(Array.from({ length: CALLERS }, write));

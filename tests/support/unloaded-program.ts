/** What a connection answers once its runtime was told to end, for tests/unit/db/unload.test.ts: a code a call. */
import { Connection } from "../../lib/adapters/db/connection.ts";
import { AppError } from "../../lib/kernel/errors.ts";

const connection = new Connection(":memory:", []);
connection.exec("create table notes (id integer)");
const calls = {
  execute: () => connection.execute("select 1"),
  values: () => connection.values("select 1", []),
  first: () => connection.first("select 1", []),
  describe: () => connection.describe("select 1"),
  exec: () => connection.exec("select 1"),
  execOffThread: () => connection.execOffThread("select 1"),
  begin: () => connection.exec("begin"),
  open: () => connection.member("open"),
  undo: () => connection.member("undo"),
  keep: () => connection.member("keep"),
  inTransaction: () => connection.inTransaction,
  another: () => new Connection(":memory:", []),
};
const outcomes = async () => {
  const told: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call();
      told[name] = "done";
    } catch (thrown) {
      told[name] = thrown instanceof AppError ? thrown.code : String(thrown);
    }
  }
  return told;
};

const before = await outcomes();
globalThis.dispatchEvent(new Event("unload"));
const after = await outcomes();
connection.close();
// deno-lint-ignore no-console -- it is what the test reads
console.log(JSON.stringify({ before, after }));

import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { blind } from "../../../db/statement.ts";
import { createHranaHandler } from "../../../lib/adapters/db/hrana-server.ts";
import { createRemoteDatabase, type RemoteDatabase } from "../../../lib/adapters/db/remote.ts";
import { AppError, type ErrorCode } from "../../../lib/kernel/errors.ts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Notes, openNotes } from "../../support/file-database.ts";
import { type HeldTimers, holdTimers } from "../../support/timers.ts";

const notes = sqliteTable("notes", { id: integer("id").primaryKey(), body: text("body") });
const code = (expected: ErrorCode) => (thrown: unknown) =>
  thrown instanceof AppError && thrown.code === expected;

/** After which the owner ends a transaction that nobody goes on with: when a test says that it is over. */
const STALL_MS = 4321;

interface World {
  readonly notes: Notes;
  readonly remote: RemoteDatabase;
  /** Bodies of the requests so far. */
  readonly trips: string[];
  /** Answers in place of the owner where it gives a response. */
  spoil: ((trip: number) => Response | Promise<Response> | null) | null;
  /** The transactions that may stall. */
  readonly stalls: HeldTimers;
}

async function withRemote(run: (world: World) => Promise<void>, timeoutMs = 60_000): Promise<void> {
  await using file = await openNotes();
  using stalls = holdTimers(STALL_MS);
  const handler = createHranaHandler(file.database, { token: "t", transactionIdleMs: STALL_MS });
  const trips: string[] = [];
  const remote = createRemoteDatabase({
    url: "http://owner.test",
    authToken: "t",
    timeoutMs,
    busyTimeoutMs: 200,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const body = await request.clone().text();
      trips.push(body);
      const spoilt = world.spoil?.(trips.length) ?? null;
      return await (spoilt === null ? handler(request) : Promise.race([spoilt, aborted(request.signal)]));
    },
  });
  const world: World = { notes: file, remote, trips, spoil: null, stalls };
  try {
    await run(world);
  } finally {
    await remote.close();
    handler.close();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

const insert = (body: string) => sql`insert into notes (body) values (${body})`;

Deno.test("a remote transaction of reads and blind writes is two round trips, one of blind writes alone is one", () =>
  withRemote(async ({ remote, trips, notes: { bodies } }) => {
    await remote.transact(async (tx) => {
      const [one, two] = await Promise.all([
        tx.select().from(notes),
        tx.select({ n: sql<number>`count(*)` }).from(notes),
      ]);
      assert.deepEqual([one, two], [[], [{ n: 0 }]]);
      await blind(tx.insert(notes).values({ body: "a" }));
      await blind(tx.insert(notes).values({ body: "b" }));
    });
    assert.equal(trips.length, 2);
    await remote.transact((tx) => blind(tx.insert(notes).values({ body: "c" })));
    assert.equal(trips.length, 3);
    await remote.transact(() => Promise.resolve());
    assert.equal(trips.length, 3, "a transaction of nothing costs nothing");
    assert.deepEqual(await bodies(), ["a", "b", "c"]);
  }));

Deno.test("reads of a remote database that are asked for in one turn are one round trip", () =>
  withRemote(async ({ remote, trips }) => {
    const read = () => remote.db.select().from(notes);
    await Promise.all([read(), read(), remote.db.all(sql`select 1 as one`)]);
    assert.equal(trips.length, 1);
    await read();
    assert.equal(trips.length, 2);
  }));

const FAULTS: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "answers 502 with a page": () => new Response("<html>Bad gateway</html>", { status: 502 }),
  "answers with something that is no JSON": () => new Response("<html>"),
  "answers with JSON of another shape": () => Response.json({ results: [{ type: "ok" }], baton: 7 }),
  "answers less than was asked": () => Response.json({ baton: null, base_url: null, results: [] }),
  "does not know the stream any more": () =>
    Response.json({ message: "The stream has expired", code: "HRANA_PROTO_ERROR" }, { status: 400 }),
  "closes the connection": () => Promise.reject(new TypeError("connection closed before message completed")),
};
for (const [fault, answer] of Object.entries(FAULTS)) {
  Deno.test(`a database that ${fault} is told as upstream_failed, and nothing is half done`, () =>
    withRemote(async (world) => {
      const { remote, trips } = world;
      for (const at of [1, 2, 3]) {
        trips.length = 0;
        world.spoil = (trip) => trip === at ? answer() : null;
        const work = remote.transact(async (tx) => {
          await tx.run(insert("a"));
          await tx.run(insert("b"));
          await blind(tx.insert(notes).values({ body: "c" }));
        });
        await assert.rejects(work, (thrown) => code("upstream_failed")(thrown), `trip ${at}`);
        world.spoil = null;
        await freed(world);
      }
      assert.deepEqual(await world.notes.bodies(), []);
    }));
}

/** The owner ends a transaction that nobody goes on with. */
async function freed({ remote, stalls }: World): Promise<void> {
  stalls.ring();
  await remote.transact((tx) => blind(tx.delete(notes)));
}

Deno.test("a commit whose answer is lost says that it may be written or not", () =>
  withRemote(async (world) => {
    world.spoil = (trip) => {
      world.spoil = null;
      return trip === 1 ? Promise.reject(new TypeError("gone")) : null;
    };
    await assert.rejects(
      world.remote.transact((tx) => blind(tx.insert(notes).values({ body: "a" }))),
      (thrown) => code("upstream_failed")(thrown) && /may be written or not/.test(String(thrown)),
    );
  }));

Deno.test("a database that hangs is told as upstream_timeout", () =>
  withRemote(async (world) => {
    world.spoil = () => new Promise<Response>(() => {});
    await assert.rejects(world.remote.ping(), code("upstream_timeout"));
  }, 50));

Deno.test("what a late write gave can't be read before the commit of a remote database", () =>
  withRemote(async ({ remote }) => {
    await assert.rejects(
      remote.transact(async (tx) => {
        const transaction = Reflect.get(Reflect.get(tx, "session"), "tx");
        const told = transaction.later({ sql: "insert into notes (body) values ('x')", args: [] });
        told();
        await Promise.resolve();
      }),
      /after the commit only/,
    );
  }));

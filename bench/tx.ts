/**
 * Durable transactions of three rows (job, event, audit entry) on a file: commit groups against one commit a caller,
 * then an open loop at a fixed rate with the event loop's delay. Run: deno task bench:tx
 */
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { jobs } from "../db/schema/jobs.ts";
import { auditLog, events } from "../db/schema/log.ts";
import { migrate } from "../db/migrate.ts";
import { statement } from "../db/statement.ts";
import { createFileDatabase, type FileDatabase } from "../lib/adapters/db/file.ts";
import { loadMigrations } from "../lib/adapters/db/migrations.ts";
import { newId } from "../lib/kernel/ids.ts";
import { loopDelay, quantile, round, sleep } from "./measure.ts";

const CALLERS = 64;
/** Both ways take turns, so that what else the machine does falls on both; the median round counts. */
const ROUNDS = 3;
const SECONDS = Number(Deno.args[0] ?? 1);
const RATE = 5000;

const at = sql.placeholder;
const insertJob = statement((db) =>
  db.insert(jobs).values({
    id: at("id"),
    workspaceId: at("workspaceId"),
    lane: at("lane"),
    name: at("name"),
    state: 0,
    runAt: at("now"),
    rank: at("now"),
    maxAttempts: 5,
    payload: at("payload"),
    createdAt: at("now"),
  }).prepare()
);
const insertEvent = statement((db) =>
  db.insert(events).values({
    workspaceId: at("workspaceId"),
    type: at("type"),
    subjectId: at("subjectId"),
    actorId: at("actorId"),
    data: at("data"),
    at: at("now"),
  }).prepare()
);
const insertAudit = statement((db) =>
  db.insert(auditLog).values({
    id: at("id"),
    workspaceId: at("workspaceId"),
    actorKind: "user",
    actorId: at("actorId"),
    action: at("action"),
    subjectId: at("subjectId"),
    detail: at("detail"),
    requestId: at("requestId"),
    at: at("now"),
  }).prepare()
);

/** What a verb does in its transaction: a row of work, its event and its audit entry. */
function threeRows(database: FileDatabase): Promise<void> {
  const ports = { database };
  const now = Date.now();
  const id = newId("job");
  const common = { workspaceId: "wsp_bench", actorId: "usr_bench", subjectId: id, now };
  return database.transact(async (tx) => {
    const here = { db: tx, ports };
    await insertJob(here, {
      ...common,
      id,
      lane: "default",
      name: "bench.run",
      payload: { ticket: id, note: "x".repeat(80) },
    });
    await insertEvent(here, { ...common, type: "bench.done", data: { id } });
    await insertAudit(here, {
      ...common,
      id: newId("audit"),
      action: "bench.run",
      detail: {},
      requestId: id,
    });
  });
}

interface Closed {
  readonly perSecond: number;
  readonly latencies: number[];
  readonly groups: number;
  readonly members: number;
}

async function closedLoop(database: FileDatabase, { exclusive }: { exclusive: boolean }): Promise<Closed> {
  const before = database.stats();
  const latencies: number[] = [];
  const from = performance.now();
  const until = from + SECONDS * 1000;
  let turn = Promise.resolve();
  // One commit a caller: the next transaction begins only when the one before is durable.
  const alone = () => turn = turn.then(() => threeRows(database));
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await (exclusive ? alone() : threeRows(database));
      latencies.push(performance.now() - start);
    }
  }));
  const after = database.stats();
  return {
    perSecond: latencies.length / ((performance.now() - from) / 1000),
    latencies: latencies.sort((a, b) => a - b),
    groups: after.groups - before.groups,
    members: after.members - before.members,
  };
}

function median(rounds: readonly Closed[]): Closed {
  const sorted = [...rounds].sort((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("No round ran");
  return middle;
}

async function openLoop(
  database: FileDatabase,
): Promise<{ latencies: number[]; delay: number[]; perSecond: number }> {
  const latencies: number[] = [];
  const running: Promise<void>[] = [];
  const delay = loopDelay();
  const from = performance.now();
  for (let sent = 0; performance.now() - from < 2000 * SECONDS;) {
    const due = (performance.now() - from) / 1000 * RATE;
    for (; sent < due; sent++) {
      const start = performance.now();
      running.push(threeRows(database).then(() => void latencies.push(performance.now() - start)));
    }
    await sleep(1);
  }
  await Promise.all(running);
  const perSecond = latencies.length / ((performance.now() - from) / 1000);
  return { latencies: latencies.sort((a, b) => a - b), delay: delay.stop(), perSecond };
}

const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
const database = await createFileDatabase({ path: join(folder, "bench.db") });
try {
  await migrate(database, { migrations: await loadMigrations() });
  await Promise.all(Array.from({ length: 3000 }, () => threeRows(database)));
  const singles: Closed[] = [];
  const groups: Closed[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    singles.push(await closedLoop(database, { exclusive: true }));
    groups.push(await closedLoop(database, { exclusive: false }));
  }
  const single = median(singles);
  const group = median(groups);
  const open = await openLoop(database);
  const ratio = group.perSecond / single.perSecond;
  // deno-lint-ignore no-console -- the result
  console.log(JSON.stringify(
    {
      callers: CALLERS,
      one_commit_a_caller: { per_second: Math.round(single.perSecond), ...tail(single.latencies) },
      commit_groups: {
        per_second: Math.round(group.perSecond),
        ...tail(group.latencies),
        groups: group.groups,
        members_a_group: round(group.members / group.groups),
      },
      open_loop: {
        rate: RATE,
        per_second: Math.round(open.perSecond),
        ...tail(open.latencies),
        loop_delay_p99_ms: round(quantile(open.delay, 0.99)),
      },
      ratio: round(ratio),
    },
    null,
    2,
  ));
} finally {
  await database.close();
  await Deno.remove(folder, { recursive: true });
}

function tail(sorted: readonly number[]) {
  return { p50_ms: round(quantile(sorted, 0.5)), p99_ms: round(quantile(sorted, 0.99)) };
}

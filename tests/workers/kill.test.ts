import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { openTestDatabase } from "../support/database.ts";

const PROGRAM = fileURLToPath(new URL("../support/job-program.ts", import.meta.url));
const KILLS = 4;

/** Starts the program on the file and calls `onLine` for every whole line, until it ends. */
async function run(path: string, mode: "load" | "drain", onLine: (line: string, kill: () => void) => void) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", PROGRAM, path, mode],
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  const kill = () => child.kill("SIGKILL");
  let rest = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line, kill);
  }
  return await child.status;
}

Deno.test("a process killed at any moment loses no acknowledged job and does none of them twice", async () => {
  await using opened = await openTestDatabase();
  await opened.database.close();
  const acknowledged = new Set<string>();
  for (let life = 0; life < KILLS; life++) {
    const most = acknowledged.size + 100 + Math.floor(Math.random() * 400);
    let killed = false;
    const status = await run(opened.path, "load", (line, kill) => {
      if (line.startsWith("job_")) acknowledged.add(line);
      if (acknowledged.size < most || killed) return;
      killed = true;
      kill();
    });
    assert.equal(status.signal, "SIGKILL");
  }
  const lines: string[] = [];
  await run(opened.path, "drain", (line) => lines.push(line));
  assert.deepEqual(lines, ["ready", "drained"]);

  const database = await createFileDatabase({ path: opened.path });
  const jobs = await database.client.execute("select id, state from jobs");
  const effects = await database.client.execute(
    "select subject_id, count(*) as times from events group by subject_id",
  );
  await database.close();
  const states = new Map(jobs.rows.map((row) => [String(row.id), Number(row.state)]));
  const times = new Map(effects.rows.map((row) => [String(row.subject_id), Number(row.times)]));
  for (const id of acknowledged) assert.equal(states.get(id), 3, `${id} is done`);
  for (const [id, state] of states) assert.deepEqual([state, times.get(id)], [3, 1], id);
  assert.ok(acknowledged.size >= KILLS * 100);
});

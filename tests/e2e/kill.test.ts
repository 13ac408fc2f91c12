import assert from "node:assert/strict";
import { join } from "node:path";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { startFakeLlm } from "../support/fakes/llm.ts";
import { ADMIN_PASSWORD, type ServerProcess, signIn, startServer } from "../support/server.ts";
import { gather } from "./kill-customers.ts";
import { judge, type Verdict } from "./kill-verdict.ts";

const KILLS = 50;
/** From the moment that the server serves again: within it fall sends, silences, answers on their way, commits. */
const LIFE_MS = 450;
const ANSWER_MS = 40;
const CALM_MS = 120_000;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** mulberry32: the same moments again under the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function api({ url }: ServerProcess, token: string, [method, path, body]: [string, string, unknown?]) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${method} ${path} ${response.status}`);
  return await response.json();
}

/** Whoever is never answered is told of, and not waited for. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`A customer waits for an answer since ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The verdict is worth something: what is lost or doubled by hand is seen. */
async function provesItself(path: string, said: Parameters<typeof judge>[1]): Promise<void> {
  const tampered = async (sql: string): Promise<Verdict> => {
    const copy = `${path}.copy`;
    const original = await createFileDatabase({ path });
    await original.vacuumInto(copy);
    await original.close();
    const database = await createFileDatabase({ path: copy });
    await database.exec(sql);
    await database.close();
    const verdict = await judge(copy, said);
    await Deno.remove(copy);
    return verdict;
  };
  const answer = "(select id from messages where direction = 'out' limit 1)";
  const columns = "workspace_id, conversation_id, channel_account_id, direction, kind, state, created_at";
  const twice = await tampered(
    `insert into messages (id, text, ${columns}) select 'msg_zz', 'Saludos. again', ${columns} from messages
      where id = ${answer}`,
  );
  assert.ok(twice.doubled.length > 0, "an answer that is there twice is seen");
  const gone = await tampered(`pragma foreign_keys=off; delete from messages where id = ${answer}`);
  assert.ok(gone.lost.length > 0, "an answer that is gone is seen");
  const taken = await tampered(
    `delete from messages where id = '${said.acknowledged.at(-1)?.messageId ?? ""}'`,
  );
  assert.ok(taken.lost.length > 0, "a message that is gone is seen");
}

Deno.test(`${KILLS} kills at any moment: every acknowledged message is there and answered once`, async () => {
  const seed = Number(Deno.env.get("KILL_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  const random = randomOf(seed);
  const folder = await Deno.makeTempDir({ prefix: "cauce-kills-" });
  await using llm = startFakeLlm();
  llm.always({ do: "slow", ms: ANSWER_MS, text: "Abrimos a las nueve." });
  const env = {
    ADMIN_PASSWORD,
    DEBOUNCE_WEB: "25ms",
    COMPATIBLE_BASE_URL: llm.baseUrl,
    COMPATIBLE_API_KEY: llm.key,
    LLM_CHAIN: "compatible:model-a",
    LLM_VISITOR_DAILY_CALLS: "100000",
    LLM_DAILY_CALLS: "100000",
    LLM_DAILY_TOKENS: "100000000",
  };
  const started = performance.now();
  const options = { data: join(folder, "data"), env };
  let server = await startServer(options);
  try {
    const token = await signIn(server.url);
    await api(server, token, ["PUT", "/api/business/config", { greeting: "Saludos.", languages: ["es"] }]);
    const crowd = gather({ url: () => server.url, token, random });
    const met = { sending: 0, waiting: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      // Every other life is long enough to take something in, however slow the machine is.
      const taken = crowd.acknowledged.length;
      for (let ms = 0; kill % 2 === 1 && crowd.acknowledged.length === taken && ms < CALM_MS; ms += 5) {
        await pause(5);
      }
      // Work is given up after ten lives that end in it: on a slow machine ten short ones are too short for any.
      if (kill % 5 === 4) await within(CALM_MS, crowd.answered());
      await pause(random() * LIFE_MS);
      met.sending += crowd.now.sending;
      met.waiting += crowd.now.waiting;
      await server.kill();
      server = await startServer(options);
    }
    await within(CALM_MS, crowd.end());
    const { acknowledged, made, found, refused } = crowd;
    server.signal("SIGTERM");
    assert.equal(await server.ended, 0);

    const path = join(options.data, "cauce.db");
    const { taken, answers, lost, doubled, halves } = await judge(path, crowd);
    const seconds = Math.round((performance.now() - started) / 1000);
    say(
      `${KILLS} kills (KILL_SEED=${seed}, ${seconds} s): ${taken} messages, ${answers} answers, ${made.length} keyed entries, ` +
        `${met.sending} sends and ${met.waiting} open turns met, ` +
        `${found} acknowledgements lost and found, ${refused} attempts refused: ` +
        `${lost.length} lost, ${doubled.length} doubled, ${halves.length} half`,
    );
    assert.deepEqual({ lost, doubled, halves }, { lost: [], doubled: [], halves: [] });
    assert.equal(taken, acknowledged.length);
    assert.ok(taken >= KILLS / 2 && answers >= 20 && met.waiting > 0, "the pipeline was at work");
    await provesItself(path, crowd);
  } finally {
    await server.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

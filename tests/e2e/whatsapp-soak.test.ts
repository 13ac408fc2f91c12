import assert from "node:assert/strict";
import { join } from "node:path";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { startFakeGraph } from "../support/fakes/graph.ts";
import { ADMIN_PASSWORD, type ServerProcess, signIn, startServer } from "../support/server.ts";
import { faultOf, mixedStatuses, phoneOf, randomOf } from "./whatsapp-soak-world.ts";

const CUSTOMERS = 1000;
/** Every tenth customer is reminded of something through the API, 200 customers later. */
const REMINDED = 10;
const KILLS = 10;
/** One customer after the other, so that the lives of the server are full of everything at once. */
const GAP_MS = 14;
const CALM_MS = 300_000;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function call(
  server: ServerProcess,
  token: string,
  [method, path, body, key]: [string, string, unknown?, string?],
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    signal: AbortSignal.timeout(60_000),
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path} ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Ten minutes pass for what waits for a status: what became of it is decided when the server is back. */
async function passTime(data: string): Promise<number> {
  const database = await createFileDatabase({ path: join(data, "cauce.db") });
  const moved = await database.client.execute(
    "update jobs set run_at = 0, rank = 0 where name = 'message.doubt' and state in (0, 1)",
  );
  await database.close();
  return moved.rowsAffected;
}

Deno.test(`${CUSTOMERS} WhatsApp conversations with faults and ${KILLS} kills: nothing owed is missing, nothing doubled`, async () => {
  const seed = Number(Deno.env.get("SOAK_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  const random = randomOf(seed);
  const folder = await Deno.makeTempDir({ prefix: "cauce-soak-" });
  await using graph = await startFakeGraph();
  graph.statuses(mixedStatuses);
  const options = {
    data: join(folder, "data"),
    env: { ...graph.env, ADMIN_PASSWORD, DEBOUNCE_WHATSAPP: "200ms" },
  };
  const started = performance.now();
  let server = await startServer(options);
  const connect = () => graph.webhooks.to(`${server.url}/api/whatsapp/webhook`, { auto: true });
  try {
    const token = await signIn(server.url);
    await call(server, token, ["PUT", "/api/business/config", { greeting: "Saludos.", languages: ["es"] }]);
    await call(server, token, ["POST", "/api/knowledge/entries", {
      kind: "pair",
      title: "¿Cuál es su horario?",
      body: "Abrimos de lunes a viernes de 8:00 a 19:00.",
      locale: "es",
    }]);
    connect();

    /** Asked for until it is acknowledged; when a kill took the answer, the queue says whether it is there. */
    const remind = async (at: number) => {
      const text = `Recordatorio ${at}`;
      const body = { to: phoneOf(at), text };
      for (let key = 0;;) {
        try {
          return void await call(server, token, [
            "POST",
            "/api/queue/messages",
            body,
            `reminder-${at}-${key}`,
          ]);
        } catch (thrown) {
          const said = thrown instanceof assert.AssertionError ? thrown.message : "";
          if (said !== "" && !/ (409|503) /.test(said)) throw thrown;
          // The first try may still run, or its server was killed: ask again under the same key.
          if (/ 409 /.test(said) && !said.includes("idempotency_in_progress")) {
            // Taken and the answer lost: then it is there. Else refused: the customer's own message is not in yet.
            if (said.includes("its answer is lost") && await isQueued(text)) return;
            key++;
          }
          await pause(500);
        }
      }
    };
    const isQueued = async (text: string): Promise<boolean> => {
      for (;;) {
        const all = await listQueue(server, token, "").catch(() => null);
        if (all !== null) return all.some((one) => one.text === text);
        await pause(250);
      }
    };

    const reminders: Promise<void>[] = [];
    const speak = async () => {
      for (let at = 0; at < CUSTOMERS; at++) {
        const fault = faultOf(at);
        if (fault !== null) graph.forRecipient(phoneOf(at), fault);
        graph.customer({ phone: phoneOf(at), name: `Cliente ${at}` }).says("¿A qué hora abren?");
        const earlier = at - 200;
        if (earlier >= 0 && earlier % REMINDED === 0) reminders.push(remind(earlier));
        await pause(GAP_MS);
      }
    };
    const spoken = speak();
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(400 + random() * 1400);
      await server.kill();
      server = await startServer(options);
      connect();
    }
    await spoken;
    await Promise.all(reminders);

    const settled = async () => {
      const { states } = await call(server, token, ["GET", "/api/queue/stats"]);
      const { data } = await call(server, token, ["GET", "/api/queue/messages?state=processing&limit=200"]);
      const doubts = data.filter((one: { state_reason: string | null }) =>
        one.state_reason === "outcome_unknown"
      );
      return graph.webhooks.queue.length === 0 && states.retry === 0 && doubts.length === states.processing &&
        answersTo(graph.ledger.received).size + doubts.length >= CUSTOMERS;
    };
    const patience = performance.now() + CALM_MS;
    while (!await settled() && performance.now() < patience) await pause(250);
    await server.kill();
    const decided = await passTime(options.data);
    server = await startServer(options);
    connect();
    const quiet = async () => (await call(server, token, ["GET", "/api/queue/stats"])).waiting === 0;
    while (!await quiet() && performance.now() < patience + CALM_MS) await pause(250);

    const held = await listHeld(server, token);
    const texts = new Map(
      [...Map.groupBy(graph.ledger.received, ({ text }) => text)].map(([text, all]) => [text, all.length]),
    );
    const [answer = ""] = [...texts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
    assert.match(answer, /^Saludos\.[^]*8:00 a 19:00/);
    const owed = new Map(
      Array.from({ length: CUSTOMERS }, (_, at): [string, string[]] => [phoneOf(at), [answer]]),
    );
    for (let at = 0; at <= CUSTOMERS - 1 - 200; at += REMINDED) {
      owed.get(phoneOf(at))?.push(`Recordatorio ${at}`);
    }
    const { missing, doubled, unexpected } = graph.ledger.compare(owed);
    const lost = missing.filter((line) => !held.has(line));
    const seconds = Math.round((performance.now() - started) / 1000);
    say(
      `soak (SOAK_SEED=${seed}, ${seconds} s): ${CUSTOMERS} conversations, ${reminders.length} reminders, ${
        KILLS + 1
      } kills, ` +
        `${graph.sends.length} calls, ${graph.ledger.received.length} received, ${decided} doubts decided, ` +
        `${held.size} held (${missing.length - lost.length} of them not received): ` +
        `${lost.length} missing, ${doubled.length} doubled, ${unexpected.length} unexpected`,
    );
    for (const line of held) say(`  held: ${line.slice(0, 60).replaceAll("\n", " ")}`);
    assert.deepEqual({ lost, doubled, unexpected }, { lost: [], doubled: [], unexpected: [] });
    assert.ok(held.size < CUSTOMERS / 8, "holding is the exception");
    assert.ok(texts.size > reminders.length / 2, "reminders went out as well");
  } finally {
    await graph.webhooks.close();
    await server.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

function answersTo(received: readonly { to: string; text: string }[]): Set<string> {
  return new Set(received.filter(({ text }) => text.startsWith("Saludos.")).map(({ to }) => to));
}

interface Queued {
  readonly text: string;
  readonly contact: { readonly name: string | null };
  readonly state_reason: string | null;
  readonly waiting_for: unknown;
}

async function listQueue(server: ServerProcess, token: string, filter: string): Promise<Queued[]> {
  const all: Queued[] = [];
  for (let cursor: string | null = "";;) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await call(server, token, ["GET", `/api/queue/messages?limit=200${filter}${query}`]);
    all.push(...page.data);
    cursor = page.next_cursor;
    if (cursor === null) return all;
  }
}

/** `customer: text` of every message that a person is to decide about, each with the reason. */
async function listHeld(server: ServerProcess, token: string): Promise<Set<string>> {
  const held = await listQueue(server, token, "&state=held");
  return new Set(held.map(({ text, contact, state_reason, waiting_for }) => {
    assert.equal(state_reason, "outcome_unknown");
    assert.deepEqual(waiting_for, { reason: "person", until: null });
    return `${phoneOf(Number(/\d+$/.exec(contact.name ?? "")?.[0]))}: ${text}`;
  }));
}

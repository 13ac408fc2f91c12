/**
 * A customer's WhatsApp message to the call that sends the answer, at a server of its own without a language model:
 * from the signed webhook to the arrival at Meta's Graph (the tests' stand-in). The debounce is taken off, since it is a
 * setting. Run: deno task bench:whatsapp
 */
import { startFakeGraph, STATUS_PLANS } from "../tests/support/fakes/graph.ts";
import { ADMIN_PASSWORD, signIn, startServer } from "../tests/support/server.ts";
import { quantile, round, sleep } from "./measure.ts";

const CUSTOMERS = Number(Deno.args[0] ?? 200);
/** Not counted: the first messages load what answers. */
const WARM_UP = 20;
/** One number may send 80 messages a second; a customer's first answer may be two of them. */
const GAP_MS = 30;
const DEBOUNCE_MS = 2000;
const TARGET_MS = 250;
const PATIENCE_MS = 30_000;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const phoneOf = (at: number) => `52155${String(at).padStart(8, "0")}`;

const data = await Deno.makeTempDir({ prefix: "cauce-bench-" });
await using graph = await startFakeGraph();
const asked = new Map<string, number>();
const took: number[] = [];
graph.statuses((message) => {
  const since = asked.get(message.to);
  if (since !== undefined) took.push(performance.now() - since);
  asked.delete(message.to);
  return STATUS_PLANS.usual(message);
});
const server = await startServer({
  data,
  env: { ...graph.env, ADMIN_PASSWORD, DEBOUNCE_WHATSAPP: `${DEBOUNCE_MS}ms`, LOG_LEVEL: "error" },
});
try {
  const token = await signIn(server.url);
  const { ok, status } = await fetch(`${server.url}/api/knowledge/entries`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      kind: "pair",
      title: "¿Cuál es su horario?",
      body: "Abrimos de lunes a viernes de 8:00 a 19:00.",
      locale: "es",
    }),
  });
  if (!ok) throw new Error(`The knowledge was refused with ${status}`);
  graph.webhooks.to(`${server.url}/api/whatsapp/webhook`, { auto: true });
  say(`${CUSTOMERS} customers ask, one each ${GAP_MS} ms`);
  for (let at = 0; at < WARM_UP + CUSTOMERS; at++) {
    if (at === WARM_UP) await sleep(DEBOUNCE_MS + 1000);
    if (at >= WARM_UP) asked.set(phoneOf(at), performance.now());
    graph.customer({ phone: phoneOf(at), name: `Cliente ${at}` }).says("¿Cuál es su horario?");
    await sleep(GAP_MS);
  }
  const until = performance.now() + PATIENCE_MS;
  while (asked.size > 0 && performance.now() < until) await sleep(20);
  const own = took.map((ms) => ms - DEBOUNCE_MS).sort((a, b) => a - b);
  const [p50 = NaN, p95 = NaN, p99 = NaN] = [0.5, 0.95, 0.99].map((q) => round(quantile(own, q)));
  say(
    `webhook to Graph call, debounce of ${DEBOUNCE_MS} ms taken off: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms; ` +
      `${own.length} of ${CUSTOMERS} answered; ratio to the ${TARGET_MS} ms allowed: ${
        round(p95 / TARGET_MS)
      }`,
  );
  if (asked.size > 0 || !(p95 <= TARGET_MS)) Deno.exitCode = 1;
} finally {
  server.signal("SIGTERM");
  await server.ended;
  await Deno.remove(data, { recursive: true });
}

/**
 * Question to answer in the web chat: 100 visitors ask at once over HTTP and wait on their own event streams, against
 * a server of its own without a language model, the debounce of 300 ms included. Run: deno task bench:chat
 */
import { type EventSourceMessage, EventSourceParserStream } from "eventsource-parser/stream";
import { startServer } from "../tests/support/server.ts";
import { quantile, round } from "./measure.ts";

const VISITORS = 100;
const ROUNDS = Number(Deno.args[0] ?? 5);
const TARGET_MS = 600;
const ANSWER_TIMEOUT_MS = 15_000;
/** What the sample business knows. */
const QUESTIONS = [
  "¿Cuál es su horario?",
  "¿Dónde están ubicados?",
  "¿Cuánto cuesta la visita de diagnóstico?",
];

interface Visitor {
  /** Asks, and resolves to the milliseconds until the answer has arrived. */
  ask(text: string): Promise<number>;
  leave(): Promise<void>;
}

async function enter(base: string): Promise<Visitor> {
  const opened = await post(`${base}/api/chat/default/sessions`, { locale: "es" }, {});
  const headers = { authorization: `Bearer ${opened.token}` };
  const stream = await fetch(`${base}/api/events/stream`, { headers });
  if (!stream.ok || stream.body === null) throw new Error(`The stream was refused with ${stream.status}`);
  let answered = (_text: string) => {};
  const events = stream.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    .getReader();
  const reading = follow(events, (text) => answered(text));
  return {
    async ask(text) {
      const started = performance.now();
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timer = setTimeout(() => reject(new Error(`No answer to "${text}"`)), ANSWER_TIMEOUT_MS);
      answered = resolve;
      await post(`${base}/api/chat/messages`, { text, client_id: crypto.randomUUID() }, headers);
      const answer = await promise.finally(() => clearTimeout(timer));
      if (!answer.includes("Fuente:")) throw new Error(`Not from the knowledge: ${answer}`);
      return performance.now() - started;
    },
    async leave() {
      await events.cancel();
      await reading;
    },
  };
}

async function follow(
  events: ReadableStreamDefaultReader<EventSourceMessage>,
  onAnswer: (text: string) => void,
): Promise<void> {
  for (let part = await events.read(); !part.done; part = await events.read()) {
    const event = JSON.parse(part.value.data);
    if (event.type === "message.sent") onAnswer(String(event.data.message.text));
  }
}

async function post(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const data = await Deno.makeTempDir({ prefix: "cauce-bench-" });
const server = await startServer({ data, env: { LOG_LEVEL: "error" } });
try {
  const visitors: Visitor[] = [];
  for (let i = 0; i < VISITORS; i++) visitors.push(await enter(server.url));
  print(`${VISITORS} visitors ask at once, ${ROUNDS} rounds, no language model, debounce 300 ms included`);
  const p95s: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn++) {
    const question = QUESTIONS[turn % QUESTIONS.length] ?? "";
    const times = (await Promise.all(visitors.map((visitor) => visitor.ask(question)))).sort((a, b) => a - b);
    const [p50 = NaN, p95 = NaN, p99 = NaN] = [0.5, 0.95, 0.99].map((q) => round(quantile(times, q)));
    p95s.push(p95);
    print(`  round ${turn + 1}: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
  }
  const p95 = p95s.sort((a, b) => a - b)[Math.floor(p95s.length / 2)] ?? NaN;
  print(`median p95 ${p95} ms of ${TARGET_MS} ms allowed: ratio ${round(p95 / TARGET_MS)}`);
  await Promise.all(visitors.map((visitor) => visitor.leave()));
  if (!(p95 <= TARGET_MS)) Deno.exitCode = 1;
} finally {
  server.signal("SIGTERM");
  await server.ended;
  await Deno.remove(data, { recursive: true });
}

/**
 * Signed webhooks against the product: each is one text message of WhatsApp, on disk (fsync) before its 200, over 64
 * kept connections. Afterwards every acknowledged one must be there, once. Prints the rate and the latencies.
 */
import { join } from "node:path";
import { createFileDatabase } from "../lib/adapters/db/file.ts";
import { ADMIN_PASSWORD, startServer } from "../tests/support/server.ts";
import { quantile, round } from "./measure.ts";

const CONNECTIONS = 64;
const SECONDS = Number(Deno.env.get("BENCH_SECONDS") ?? 10);
const SECRET = "0123456789abcdef0123456789abcdef";
const NUMBER = "106540352242922";
const WARM_UP_MS = 1000;

const encoder = new TextEncoder();
const key = await crypto.subtle.importKey(
  "raw",
  encoder.encode(SECRET),
  { name: "HMAC", hash: "SHA-256" },
  false,
  ["sign"],
);

interface Prepared {
  readonly request: Uint8Array<ArrayBuffer>;
}

/** A whole HTTP request, made and signed beforehand: the client must not be what is measured. */
async function prepare(at: number, host: string): Promise<Prepared> {
  const body = encoder.encode(JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{
      id: "102290129340398",
      changes: [{
        field: "messages",
        value: {
          messaging_product: "whatsapp",
          metadata: { display_phone_number: "15550783881", phone_number_id: NUMBER },
          contacts: [{
            profile: { name: `Cliente ${at % 5000}` },
            wa_id: `52155${String(at % 5000).padStart(8, "0")}`,
          }],
          messages: [{
            from: `52155${String(at % 5000).padStart(8, "0")}`,
            id: `wamid.bench${at}`,
            timestamp: String(Math.floor(Date.now() / 1000)),
            type: "text",
            text: { body: `¿A qué hora abren? ${at}` },
          }],
        },
      }],
    }],
  }));
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, body));
  const hex = Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const head = encoder.encode(
    `POST /api/whatsapp/webhook HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      `X-Hub-Signature-256: sha256=${hex}\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const request = new Uint8Array(head.length + body.length);
  request.set(head);
  request.set(body, head.length);
  return { request };
}

/** Keeps a connection busy until `until`; resolves to how long each answer took, of those after the warm-up. */
async function drive(
  { hostname, port }: { hostname: string; port: number },
  { next, from, until }: { next: () => Prepared | undefined; from: number; until: number },
): Promise<{ took: number[]; acknowledged: number }> {
  using connection = await Deno.connect({ hostname, port });
  connection.setNoDelay();
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  const took: number[] = [];
  let acknowledged = 0;
  for (let now = performance.now(); now < until; now = performance.now()) {
    const prepared = next();
    if (prepared === undefined) break;
    for (let sent = 0; sent < prepared.request.length;) {
      sent += await connection.write(prepared.request.subarray(sent));
    }
    let text = "";
    while (!text.includes("\r\n\r\n")) {
      const read = await connection.read(buffer);
      if (read === null) throw new Error("The server closed a connection");
      text += decoder.decode(buffer.subarray(0, read));
    }
    if (!text.startsWith("HTTP/1.1 200")) throw new Error(text.split("\r\n")[0]);
    acknowledged++;
    if (now >= from) took.push(performance.now() - now);
  }
  return { took, acknowledged };
}

const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));
const folder = await Deno.makeTempDir({ prefix: "cauce-ingest-" });
const server = await startServer({
  data: join(folder, "data"),
  env: {
    ADMIN_PASSWORD,
    WHATSAPP_APP_SECRET: SECRET,
    WHATSAPP_VERIFY_TOKEN: "verify",
    WHATSAPP_ACCESS_TOKEN: "token",
    WHATSAPP_PHONE_NUMBER_ID: NUMBER,
    WHATSAPP_BUSINESS_ACCOUNT_ID: "102290129340398",
    WHATSAPP_GRAPH_URL: "http://127.0.0.1:9",
    LOG_LEVEL: "error",
  },
});
try {
  const { hostname, port } = new URL(server.url);
  const most = Math.min(12_000 * SECONDS, 150_000);
  say(`Preparing ${most} signed bodies...`);
  const all: Prepared[] = [];
  for (let at = 0; at < most; at++) all.push(await prepare(at, `${hostname}:${port}`));
  let at = 0;
  const begun = performance.now();
  const from = begun + WARM_UP_MS;
  const until = begun + SECONDS * 1000;
  const drivers = Array.from(
    { length: CONNECTIONS },
    () => drive({ hostname, port: Number(port) }, { next: () => all[at++], from, until }),
  );
  const results = await Promise.all(drivers);
  const seconds = (performance.now() - from) / 1000;
  const took = results.flatMap((one) => one.took).sort((a, b) => a - b);
  const acknowledged = results.reduce((sum, one) => sum + one.acknowledged, 0);
  await server.kill();
  const database = await createFileDatabase({ path: join(folder, "data", "cauce.db") });
  const { rows } = await database.client.execute(
    `select count(*) as stored, count(distinct digest) as different,
      sum(state = 'processed') as processed from webhook_receipts`,
  );
  await database.close();
  const [row] = rows;
  say(
    `ingest: ${
      Math.round(took.length / seconds)
    } webhooks/s over ${CONNECTIONS} connections, each fsynced: ` +
      `p50 ${round(quantile(took, 0.5))} ms, p99 ${round(quantile(took, 0.99))} ms, max ${
        round(took.at(-1) ?? NaN)
      } ms; ` +
      `${acknowledged} acknowledged, then SIGKILL: ${row?.["stored"]} stored, ${
        row?.["different"]
      } different, ` +
      `${row?.["processed"]} already read; ratio to the aim of 5,000/s: ${
        round(took.length / seconds / 5000)
      }`,
  );
  if (Number(row?.["different"]) < acknowledged) throw new Error("An acknowledged webhook is not there");
} finally {
  await server.kill();
  await Deno.remove(folder, { recursive: true });
}

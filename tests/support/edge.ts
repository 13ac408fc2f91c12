import { createHranaHandler } from "../../lib/adapters/db/hrana-server.ts";
import { createPasswordHasher } from "../../lib/adapters/passwords/scrypt.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { prepareFirstStart } from "../../lib/setup/mod.ts";
import { buildEdge, type EdgeBundle } from "../../tools/build-edge.ts";
import { type FakeQstash, startQstash } from "./fakes/qstash.ts";
import { type Answer, type Call, type Harness, harness, TEST_KEY } from "./harness.ts";
import { type Isolate, startWorkerd } from "./workerd.ts";

export const ADMIN_PASSWORD = "un-camino-de-agua-7";
const JWT_SECRET = "edge-secret-".repeat(4);
const DATABASE_TOKEN = "database-token";

/** A workerd before a file database that this process owns and serves. */
export interface EdgeWorld extends AsyncDisposable {
  readonly h: Harness;
  readonly bundle: EdgeBundle;
  readonly isolate: Isolate;
  /** Where services outside call the isolate. */
  readonly publicUrl: string;
  /** Calls back for jobs; null unless it was asked for. */
  readonly qstash: FakeQstash | null;
  /** The requests that the database was sent so far, each with its statements. */
  readonly trips: readonly (readonly string[])[];
  request(method: string, path: string, call?: Call): Promise<Answer>;
}

export interface EdgeWorldOptions {
  /** Settings of both sides. */
  readonly env?: Record<string, string>;
  /** Lets QStash run the jobs, by callbacks into the isolate. */
  readonly callbacks?: boolean;
}

let built: Promise<EdgeBundle> | undefined;

/** The bundle, made once a process. */
export async function edgeBundle(): Promise<EdgeBundle> {
  return await (built ??= Deno.makeTempDir({ prefix: "cauce-edge-" }).then(buildEdge));
}

/** The first start made by this process, then an isolate that knows nothing but the addresses around it. */
export async function openEdgeWorld(
  { callbacks = false, ...options }: EdgeWorldOptions = {},
): Promise<EdgeWorld> {
  await using opened = new AsyncDisposableStack();
  const env = { JWT_SECRET, ADMIN_PASSWORD, DEBOUNCE_WEB: "1ms", DEBOUNCE_WHATSAPP: "1ms", ...options.env };
  const h = opened.use(
    await harness({ env, ports: { clock: systemClock, passwords: createPasswordHasher() } }),
  );
  await prepareFirstStart(h.system);
  const handler = createHranaHandler(h.ports.database, { token: DATABASE_TOKEN });
  const trips: string[][] = [];
  const database = serveLoopback(opened, async (request) => {
    const body = await request.text();
    trips.push([...body.matchAll(/"sql":"((?:[^"\\]|\\.)*)"/g)].map(([, sql = ""]) => sql));
    return await handler(
      new Request(request.url, { method: request.method, headers: request.headers, body }),
    );
  });
  opened.defer(() => handler.close());
  let inside = "";
  const publicUrl = serveLoopback(opened, (request) => forward(request, inside));
  const qstash = callbacks ? opened.use(startQstash({ live: true })) : null;
  const bundle = await edgeBundle();
  const isolate = opened.use(
    await startWorkerd(bundle, {
      ...env,
      ENCRYPTION_KEY: TEST_KEY,
      PUBLIC_URL: publicUrl,
      DATABASE_URL: database,
      DATABASE_AUTH_TOKEN: DATABASE_TOKEN,
      ...(qstash === null ? {} : settingsOf(qstash)),
    }),
  );
  inside = isolate.url;
  const all = opened.move();
  return {
    h,
    bundle,
    isolate,
    publicUrl,
    qstash,
    trips,
    request: (method, path, call = {}) => request(`${isolate.url}${path}`, { method, ...call }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function settingsOf({ url, token, currentSigningKey, nextSigningKey }: FakeQstash): Record<string, string> {
  return {
    QSTASH_URL: url,
    QSTASH_TOKEN: token,
    QSTASH_CURRENT_SIGNING_KEY: currentSigningKey,
    QSTASH_NEXT_SIGNING_KEY: nextSigningKey,
  };
}

function serveLoopback(
  opened: AsyncDisposableStack,
  answer: (request: Request) => Response | Promise<Response>,
): string {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  opened.defer(() => server.shutdown());
  return `http://127.0.0.1:${server.addr.port}`;
}

/** The isolate's port is known when it runs, but it must know its public address before. */
async function forward(request: Request, to: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const body = request.body === null ? null : await request.arrayBuffer();
  return await fetch(to + pathname + search, { method: request.method, headers: request.headers, body });
}

async function request(url: string, { method, token, body, headers = {} }: Call & { method: string }) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

import { createHranaHandler } from "../../lib/adapters/db/hrana-server.ts";
import { createPasswordHasher } from "../../lib/adapters/passwords/scrypt.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { prepareFirstStart } from "../../lib/setup/mod.ts";
import { buildEdge, type EdgeBundle } from "../../tools/build-edge.ts";
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
  /** Requests that the database has answered so far. */
  trips(): number;
  request(method: string, path: string, call?: Call): Promise<Answer>;
}

export interface EdgeWorldOptions {
  /** Settings of both sides. */
  readonly env?: Record<string, string>;
  /** Settings of the isolate only. */
  readonly variables?: Record<string, string>;
}

let built: Promise<EdgeBundle> | undefined;

/** The bundle, made once a process. */
export async function edgeBundle(): Promise<EdgeBundle> {
  return await (built ??= Deno.makeTempDir({ prefix: "cauce-edge-" }).then(buildEdge));
}

/** The first start made by this process, then an isolate that knows nothing but the database's address. */
export async function openEdgeWorld(options: EdgeWorldOptions = {}): Promise<EdgeWorld> {
  const env = { JWT_SECRET, ADMIN_PASSWORD, DEBOUNCE_WEB: "1ms", ...options.env };
  const h = await harness({ env, ports: { clock: systemClock, passwords: createPasswordHasher() } });
  await prepareFirstStart(h.system);
  const handler = createHranaHandler(h.ports.database, { token: DATABASE_TOKEN });
  let trips = 0;
  const database = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    trips++;
    return handler(request);
  });
  const closeDatabase = async () => {
    handler.close();
    await database.shutdown();
    await h[Symbol.asyncDispose]();
  };
  try {
    const bundle = await edgeBundle();
    const isolate = await startWorkerd(bundle, {
      ...env,
      ENCRYPTION_KEY: TEST_KEY,
      DATABASE_URL: `http://127.0.0.1:${database.addr.port}`,
      DATABASE_AUTH_TOKEN: DATABASE_TOKEN,
      ...options.variables,
    });
    return {
      h,
      bundle,
      isolate,
      trips: () => trips,
      request: (method, path, call = {}) => request(`${isolate.url}${path}`, { method, ...call }),
      async [Symbol.asyncDispose]() {
        await isolate[Symbol.asyncDispose]();
        await closeDatabase();
      },
    };
  } catch (thrown) {
    await closeDatabase();
    throw thrown;
  }
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

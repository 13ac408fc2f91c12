import { Redis } from "ioredis";

export interface RedisRest {
  readonly restUrl: string;
  readonly restToken: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Upstash's REST form in front of a real Redis: `POST /` with a JSON array, Bearer token, `{result}` or `{error}`. */
export function startRedisRest(url: string): Promise<RedisRest> {
  const restToken = "rest-token-of-the-test";
  const redis = new Redis(url);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${restToken}`) {
      return Response.json({ error: "WRONGPASS invalid or missing auth token" }, { status: 401 });
    }
    const command: unknown = await request.json();
    if (request.method !== "POST" || !Array.isArray(command) || command.length === 0) {
      return Response.json({ error: "ERR invalid command" }, { status: 400 });
    }
    try {
      const [name, ...args] = command.map(String);
      return Response.json({ result: await redis.call(name ?? "", ...args) });
    } catch (thrown) {
      return Response.json({ error: String(thrown) }, { status: 400 });
    }
  });
  return Promise.resolve({
    restUrl: `http://127.0.0.1:${server.addr.port}`,
    restToken,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      redis.disconnect();
    },
  });
}

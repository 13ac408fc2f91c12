import { Hono } from "hono";

const app = new Hono().get("/hello", (c) => c.json({ hello: "world" }));
Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} }, app.fetch);

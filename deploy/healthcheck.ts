/** Exits with 0 when the server in this container answers /health. */
const port = Deno.env.get("PORT") ?? "8000";
const ok = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2500) })
  .then((response) => response.ok)
  .catch(() => false);
Deno.exit(ok ? 0 : 1);

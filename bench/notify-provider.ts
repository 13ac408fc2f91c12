/** A stand-in for Twilio in a process of its own: counts how often each number was told. `GET /` says what it saw. */
const told = new Map<string, number>();
let requests = 0;

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  if (request.method === "GET") {
    const twice = [...told.values()].filter((times) => times > 1).length;
    return Response.json({ requests, numbers: told.size, twice });
  }
  const to = new URLSearchParams(await request.text()).get("To") ?? "";
  told.set(to, (told.get(to) ?? 0) + 1);
  requests++;
  return Response.json({ sid: `SM${String(requests).padStart(32, "0")}`, status: "queued" }, { status: 201 });
});
Deno.stdout.writeSync(new TextEncoder().encode(`http://127.0.0.1:${server.addr.port}\n`));

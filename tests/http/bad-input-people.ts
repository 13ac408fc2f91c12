import type { Answer, Call } from "../support/harness.ts";

/** One of each of the people, places and appointments that a path can name; resolves to their ids. */
export async function makePeople(
  call: (method: string, path: string, given?: Call) => Promise<Answer["body"]>,
): Promise<Record<string, string>> {
  const operator = await call("POST", "/api/operators", { body: { name: "Ana" } });
  const team = await call("POST", "/api/teams", { body: { name: "Mesa", operator_ids: [operator.id] } });
  const client = await call("POST", "/api/clients", { body: { name: "La Espiga" } });
  const site = await call("POST", `/api/clients/${client.id}/sites`, {
    body: { name: "Centro", address: "Av. Juárez 101" },
  });
  const phoned = await call("POST", "/api/calls", {
    body: { direction: "in", started_at: "2026-01-05T15:00:00Z", duration_s: 60 },
  });
  const visit = await call("POST", "/api/visits", { body: { subject: "Horno" } });
  return {
    "/api/operators/": operator.id,
    "/api/teams/": team.id,
    "/api/clients/": client.id,
    "/api/sites/": site.id,
    "/api/calls/": phoned.id,
    "/api/visits/": visit.id,
  };
}

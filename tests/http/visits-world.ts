import { eq } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { notifications } from "../../db/schema/notifications.ts";
import type { JobCtx } from "../../lib/jobs/mod.ts";
import { visitHandlers } from "../../workers/handlers/visits.ts";
import { type Answer, type Harness, harness, type HarnessOptions, type Person } from "../support/harness.ts";

export interface VisitWorld {
  readonly h: Harness;
  readonly owner: Person;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** `Ana`, who works on Mondays and Tuesdays from 9 to 18 in Monterrey. */
  readonly ana: string;
  readonly site: string;
  readonly client: string;
  readonly contact: string;
  /** Runs what is due by now; resolves to the templates of the notifications that came of it, in order. */
  settle(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A business that makes visits. It is Monday, 10:00 in Monterrey. */
export async function openVisits(
  env: Record<string, string> = {},
  ports: HarnessOptions["ports"] = {},
): Promise<VisitWorld> {
  const h = await harness({ env, ports });
  const owner = await h.person();
  const call = (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token: owner.token, ...(body === undefined ? {} : { body }) });
  const nine = [{ from: "09:00", to: "18:00" }];
  const { body: ana } = await call("POST", "/api/operators", {
    name: "Ana",
    email: "ana@aurora.example",
    timezone: "America/Monterrey",
    hours: { monday: nine, tuesday: nine },
  });
  const { body: client } = await call("POST", "/api/clients", {
    name: "La Espiga",
    timezone: "America/Monterrey",
  });
  const { body: contact } = await call("POST", `/api/clients/${client.id}/contacts`, {
    email: "eva@espiga.example",
  });
  const { body: site } = await call("POST", `/api/clients/${client.id}/sites`, {
    name: "Centro",
    address: "Av. Juárez 101",
  });
  return {
    h,
    owner,
    call,
    ana: ana.id,
    site: site.id,
    client: client.id,
    contact: contact.id,
    settle: () => settle(h, owner),
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

async function settle(h: Harness, owner: Person): Promise<string[]> {
  const before = (await h.system.db.select().from(notifications)).length;
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  for (const handler of visitHandlers) {
    const rows = await h.system.db.select().from(jobs).where(eq(jobs.name, handler.name));
    for (const { payload, runAt } of rows) {
      // Safe: the handlers of visits ask for nothing that only a running job has. None is taken off, so each runs again.
      if (runAt <= h.clock.now()) await handler.run(inside as JobCtx, payload);
    }
  }
  const after = await h.system.db.select().from(notifications).orderBy(notifications.id);
  return after.slice(before).map(({ template }) => template ?? "");
}

/** A time on the first Monday (day 0) of the world, or later, at Monterrey's clock. */
export function at(hours: number, minutes = 0, day = 0): string {
  return new Date(Date.UTC(2026, 0, 5 + day, hours + 6, minutes)).toISOString();
}

export const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();

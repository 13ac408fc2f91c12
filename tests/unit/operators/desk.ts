import { eq } from "drizzle-orm";
import { events } from "../../../db/schema/log.ts";
import { jobs } from "../../../db/schema/jobs.ts";
import { createOperator, type OperatorView, setPresence } from "../../../lib/operators/mod.ts";
import type { NewOperator } from "../../../lib/operators/schemas.ts";
import type { Harness, Person } from "../../support/harness.ts";

/** An operator who is there all day. */
export async function operatorAtWork(
  person: Person,
  given: Partial<NewOperator> = {},
): Promise<OperatorView> {
  const { id } = await createOperator(person.ctx, { name: "Ana", ...given });
  return await setPresence(person.ctx, { id, presence: "online", for_minutes: 1440 });
}

/** Payloads of the jobs of one name that have not ended, in order. */
export async function jobsNamed(h: Harness, name: string): Promise<Record<string, unknown>[]> {
  const rows = await h.system.db.select().from(jobs).where(eq(jobs.name, name));
  return rows.map(({ payload, runAt }) => ({ ...payload as Record<string, unknown>, runAt }));
}

export async function forgetJobs(h: Harness, name: string): Promise<void> {
  await h.system.transact((tx) => tx.db.delete(jobs).where(eq(jobs.name, name)));
}

/** The data of the events of one type, in order. */
export async function eventsOf(h: Harness, type: string): Promise<Record<string, unknown>[]> {
  const rows = await h.system.db.select().from(events).where(eq(events.type, type));
  return rows.map(({ data }) => data);
}

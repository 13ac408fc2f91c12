import { writtenDay } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { readersOfRoles } from "../identity/mod.ts";
import { enqueue, enqueueLate } from "../jobs/mod.ts";
import { ROLE_NAMES, ROLES } from "../kernel/scopes.ts";
import { notify } from "../notifications/mod.ts";
import { WARNING, warningDaysOf, warningOf } from "./contract.ts";
import { clientsContractDays, clientsContractEnds } from "./jobs.ts";
import { contractEnds } from "./notices.ts";
import { type ClientRow, selectClient, updateClient } from "./store.ts";
import { selectEnding } from "./store-settings.ts";

/** Sets the time at which it is told that a contract ends. That of an end which is none any more finds nothing to tell. */
export async function awaitEnd(tx: Tx, client: Omit<ClientRow, "workspaceId">): Promise<void> {
  const { id: clientId, contractEnds: ends, contractWarned } = client;
  if (ends === null || ends === contractWarned) return;
  const warning = await warningOf(tx, client);
  if (warning === null) return;
  const { days, time: runAt } = warning;
  const timer = { clientId, ends, ...(days === WARNING.days ? {} : { days }) };
  await enqueueLate(tx, clientsContractEnds, timer, { runAt });
}

const BATCH = 200;

/** Sets the times of the contracts that are not told of yet by the days of now, a batch in a commit. */
export async function awaitEndsAnew(ctx: Ctx, { after }: { readonly after: string | null }): Promise<void> {
  await ctx.transact(async (tx) => {
    const clients = await selectEnding(tx, { after, limit: BATCH });
    for (const client of clients) await awaitEnd(tx, client);
    const last = clients.at(-1);
    if (clients.length === BATCH && last !== undefined) {
      await enqueue(tx, clientsContractDays, { after: last.id });
    }
  });
}

/** Whoever may change clients hears of it. */
const MANAGERS = ROLE_NAMES.filter((role) => ROLES[role].has("clients:write"));

/**
 * Tells once that a contract ends. One that ends otherwise by now, or is to be told of so many other days before, has
 * another time; the second delivery tells nobody.
 */
export async function warnOfEnd(
  ctx: Ctx,
  { clientId, ends, days = WARNING.days }: {
    readonly clientId: string;
    readonly ends: string;
    readonly days?: number | undefined;
  },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const client = await selectClient(tx, clientId);
    if (client === null || client.removedAt !== null) return;
    if (client.contractEnds !== ends || client.contractWarned === ends) return;
    if (await warningDaysOf(tx) !== days) return;
    await updateClient(tx, clientId, { contractWarned: ends });
    const data = { client_id: clientId, ends, plan: client.contractPlan, sla_policy_id: client.slaPolicyId };
    await emit(tx, { type: "client.contract_warned", subjectId: clientId, data });
    await notify(tx, {
      to: (await readersOfRoles(tx, MANAGERS)).map(({ userId }) => ({ userId })),
      template: contractEnds,
      data: {
        client: client.name,
        plan: client.contractPlan ?? "",
        ends_es: writtenDay(ends, "es"),
        ends_en: writtenDay(ends, "en-GB"),
        sla: client.slaPolicyId !== null,
      },
      key: `client.contract_ends:${clientId}:${ends}`,
      subjectId: clientId,
    });
  });
}

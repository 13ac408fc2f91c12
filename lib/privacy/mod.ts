import { eraseCallsOf, exportCallsOf, loggedForms } from "../calls/mod.ts";
import { clientsWhoAre, eraseClientOf, exportClientOf } from "../clients/mod.ts";
import { z } from "zod";
import type { Ctx, Tx } from "../context.ts";
import { contactDetails, eraseContact, type Erasure, exportContact } from "../conversations/mod.ts";
import { emptyEventsAfter } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { eraseMailsOf, exportMailsOf } from "../mail-in/mod.ts";
import { emptyAttemptsOf } from "../messaging/mod.ts";
import { eraseNotificationsOf, exportNotificationsOf } from "../notifications/mod.ts";
import { withdrawReports } from "../reports/mod.ts";
import { emptyRunsOf } from "../rules/mod.ts";
import { eraseTicketsOf, exportTicketsOf } from "../tickets/mod.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { eraseVisitsOf, exportVisitsOf } from "../visits/mod.ts";
import { forgetMentions } from "./jobs.ts";
import { claimOf, selectTrace, type Trace } from "./store.ts";
import { selectNumbers, selectUnnamed, type Unnamed } from "./store-numbers.ts";
import { emptyTalksOf, exportTalksOf } from "./store-watson.ts";
import { anything } from "../kernel/tool-shapes.ts";

export { forgetMentionsOf } from "./forget-mentions.ts";
export { forgetMentions } from "./jobs.ts";
export { retainConversations, retainTickets } from "./retention.ts";

interface Person extends Trace {
  /** The clients who are the person. */
  readonly clientIds: readonly string[];
  /** What names no contact, and came of the person's numbers. */
  readonly callIds: readonly string[];
  readonly unnamedIds: readonly string[];
}

/** What one part of the product keeps about a contact beside the conversations. */
interface Keeper {
  readonly export?: (tx: Tx, person: Person) => Promise<Record<string, unknown>>;
  readonly erase: (tx: Tx, trace: Trace) => Promise<void>;
}

/** A part that finds all that is to be erased by the contact's id. */
const byContact = (
  read: Required<Keeper>["export"],
  erase: (tx: Tx, contactId: string) => Promise<void>,
): Keeper => ({ export: read, erase: (tx, { contactId }) => erase(tx, contactId) });

const KEEPERS: readonly Keeper[] = [
  byContact(exportCallsOf, eraseCallsOf),
  byContact(exportVisitsOf, eraseVisitsOf),
  byContact((tx, { contactId }) => exportClientOf(tx, contactId), eraseClientOf),
  { export: exportTicketsOf, erase: eraseTicketsOf },
  { export: exportNotificationsOf, erase: eraseNotificationsOf },
  { export: exportMailsOf, erase: eraseMailsOf },
  { erase: emptyAttemptsOf },
  { erase: (tx, { subjectIds }) => emptyRunsOf(tx, subjectIds) },
  { export: exportTalksOf, erase: emptyTalksOf },
  { erase: withdrawReports },
];

/** Everything that is stored about a person, wherever. Throws 404; written to the audit log. */
export async function exportPerson(
  ctx: Ctx,
  { contactId }: { contactId: string },
): Promise<Record<string, unknown>> {
  return await ctx.transact(async (tx) => {
    const found = await exportContact(tx, { contactId });
    const trace = await selectTrace(tx, contactId);
    const { callIds, ticketIds: unnamedIds } = await unnamedOf(tx, contactId);
    const subjectIds = [...trace.subjectIds, ...callIds, ...unnamedIds];
    const clientIds = await clientsWhoAre(tx, contactId);
    const person = { ...trace, subjectIds, clientIds, callIds, unnamedIds };
    for (const keeper of KEEPERS) Object.assign(found, await keeper.export?.(tx, person));
    return found;
  });
}

/** Events emptied by one commit. */
const TURN = 500;

/**
 * Deletes what is known of a person, wherever. The log of somebody who said much is emptied in turns, so that nobody
 * waits for it; the rest goes in one commit, which leaves nothing: until then nobody hears that it is done, and asked
 * again it goes on. That something happened, and when, stays.
 */
export async function erasePerson(ctx: Ctx, { contactId }: { contactId: string }): Promise<Erasure> {
  requireScope(ctx, "contacts:write");
  const claim = async (tx: Tx) =>
    await claimOf(tx, {
      contactId,
      clientIds: await clientsWhoAre(tx, contactId),
      unnamed: await unnamedOf(tx, contactId),
    });
  const [known] = await contactDetails(ctx, [contactId]);
  if (known !== undefined) await ctx.transact(claim);
  const before = known === undefined ? null : await selectTrace(ctx, contactId);
  if (before !== null) await emptyLogOf(ctx, before);
  const sealed = await ctx.ports.secrets.seal(JSON.stringify(before?.addresses ?? []), contactId);
  return await ctx.transact(async (tx) => {
    requireScope(tx, "contacts:write");
    await claim(tx);
    const trace = await selectTrace(tx, contactId);
    if (before !== null && trace.addresses.some((one) => !before.addresses.includes(one))) {
      throw new AppError("busy", "The person got another address at this moment: ask again");
    }
    const done = await eraseContact(tx, { contactId });
    for (const keeper of KEEPERS) await keeper.erase(tx, trace);
    if (trace.addresses.length > 0) {
      await enqueue(tx, forgetMentions, { contact_id: contactId, sealed, until: tx.now() });
    }
    return done;
  });
}

/** Calls of the person's numbers from before it was known whose they are, and the tickets that those alone opened. */
async function unnamedOf(at: Ctx, contactId: string): Promise<Unnamed> {
  const forms = await loggedForms(at, await selectNumbers(at, contactId));
  return await selectUnnamed(at, { contactId, forms });
}

async function emptyLogOf(ctx: Ctx, { subjectIds }: Trace): Promise<void> {
  const about = { subjectIds, conversationIds: subjectIds, limit: TURN };
  for (let place: number | null = 0; place !== null;) {
    ctx.signal?.throwIfAborted();
    const after: number = place;
    place = await ctx.transact((tx) => emptyEventsAfter(tx, { ...about, after }));
  }
}

const contact = z.object({ contact_id: z.string().min(1) });

export const privacyTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "contacts.export",
    summary: "Everything that is stored about a contact",
    scope: "contacts:write",
    destructive: false,
    input: contact,
    output: anything,
    run: async (ctx: Ctx, { contact_id }) => await exportPerson(ctx, { contactId: contact_id }),
  }),
  defineTool({
    name: "contacts.erase",
    summary: "Deletes what is known of a person for good",
    scope: "contacts:write",
    destructive: true,
    input: contact,
    output: anything,
    run: async (ctx: Ctx, { contact_id }) => ({ ...await erasePerson(ctx, { contactId: contact_id }) }),
  }),
];

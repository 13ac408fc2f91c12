import { and, eq, sql } from "drizzle-orm";
import {
  type Channel,
  channelAccounts,
  contactIdentities,
  contacts,
  conversations,
  messages,
} from "../../db/schema/conversations.ts";
import { statement } from "../../db/statement.ts";
import type { Tx } from "../context.ts";
import type { ConversationRow } from "./store.ts";
import type { ChannelAccountRow } from "./store-channels.ts";
import { type ContactRow, type Identity, type IdentityRow, selectContact } from "./store-contacts.ts";

/** An account's id, or a channel: then it is the workspace's own account of that. */
export type AccountRef = string | { readonly own: Channel };

/** Whom a message is from: identifiers, or a contact that is known already. */
export type SenderRef = { readonly identities: readonly Identity[] } | { readonly contactId: string };

/** A contact as one of its identifiers names it. */
export interface Known {
  readonly identity: IdentityRow;
  readonly contact: ContactRow;
}

export interface Arrival {
  readonly account: ChannelAccountRow | null;
  /** The message that came under the same external id before. */
  readonly first: { readonly id: string; readonly conversationId: string } | null;
  readonly known: readonly Known[];
  readonly contact: ContactRow | null;
  /** Open conversations of the sender's contacts on the account. */
  readonly open: readonly ConversationRow[];
}

const p = sql.placeholder;

const account = sql`coalesce(${p("accountId")}, (select id from channel_accounts
  where workspace_id = ${p("workspaceId")} and channel = ${p("own")} order by id limit 1))`;
/** Joined by CROSS JOIN, which in SQLite keeps the order: else it would go through the workspace's identifiers. */
const asked = sql`json_each(${p("identities")}) as asked`;
const isAsked =
  sql`${contactIdentities.kind} = asked.value ->> 0 and ${contactIdentities.value} = asked.value ->> 1
  and ${contactIdentities.workspaceId} = ${p("workspaceId")}`;

const accountOf = statement((db) =>
  db.select().from(channelAccounts)
    .where(and(sql`${channelAccounts.id} = ${account}`, eq(channelAccounts.workspaceId, p("workspaceId"))))
    .prepare()
);

const firstOf = statement((db) =>
  db.select({ id: messages.id, conversationId: messages.conversationId }).from(messages).where(and(
    sql`${messages.channelAccountId} = ${account}`,
    eq(messages.externalId, p("externalId")),
    eq(messages.workspaceId, p("workspaceId")),
  )).prepare()
);

const knownOf = statement((db) =>
  db.select({ identity: contactIdentities, contact: contacts }).from(asked)
    .crossJoin(contactIdentities)
    .innerJoin(contacts, eq(contacts.id, contactIdentities.contactId)).where(isAsked).prepare()
);

const openOf = statement((db) =>
  db.select().from(conversations).where(and(
    sql`${conversations.channelAccountId} = ${account}`,
    eq(conversations.workspaceId, p("workspaceId")),
    sql`state <> 'closed'`,
    sql`${conversations.contactId} in (select ${p("contactId")} union all
      select ${contactIdentities.contactId} from ${asked} cross join ${contactIdentities} where ${isAsked})`,
  )).prepare()
);

/** All that is decided on when a message comes in. On a remote database it is one round trip. */
export async function selectArrival(
  tx: Tx,
  { over, sender, externalId }: { over: AccountRef; sender: SenderRef; externalId: string | null },
): Promise<Arrival> {
  const { workspaceId } = tx;
  const [accountId, own] = typeof over === "string" ? [over, null] : [null, over.own];
  const at = { workspaceId, accountId, own };
  const contactId = "contactId" in sender ? sender.contactId : null;
  const pairs = "identities" in sender ? sender.identities.map(({ kind, value }) => [kind, value]) : [];
  const identities = JSON.stringify(pairs);
  const [accounts, firsts, known, contact, open] = await Promise.all([
    accountOf(tx, at),
    externalId === null ? [] : firstOf(tx, { ...at, externalId }),
    contactId === null ? knownOf(tx, { workspaceId, identities }) : [],
    contactId === null ? null : selectContact(tx, contactId),
    openOf(tx, { ...at, contactId, identities }),
  ]);
  return { account: accounts[0] ?? null, first: firsts[0] ?? null, known, contact, open };
}

/** The contacts that these identifiers name. */
export async function selectKnown(tx: Tx, identities: readonly Identity[]): Promise<Known[]> {
  const pairs = identities.map(({ kind, value }) => [kind, value]);
  return await knownOf(tx, { workspaceId: tx.workspaceId, identities: JSON.stringify(pairs) });
}

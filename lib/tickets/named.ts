import type { output } from "zod";
import { type ClientRow, findClient } from "../clients/mod.ts";
import type { Tx } from "../context.ts";
import {
  type ContactRow,
  findContact,
  findTalk,
  identify,
  type Sender,
  type Talk,
} from "../conversations/mod.ts";
import { invalid, there } from "../kernel/errors.ts";
import { findOperator, findTeam, type OperatorRow, type TeamRow } from "../operators/mod.ts";
import type { newRequester } from "./schemas.ts";
import type { TicketRow } from "./store.ts";

/** For what a ticket takes over from another: what was removed since is left out. */
export async function stillThere(
  tx: Tx,
  id: string | null,
  find: (at: Tx, id: string) => Promise<{ readonly id: string } | null>,
): Promise<string | null> {
  return id === null ? null : (await find(tx, id))?.id ?? null;
}

/** null also for a contact that was erased. */
export async function presentContact(tx: Tx, id: string): Promise<ContactRow | null> {
  const contact = await findContact(tx, id);
  return contact?.erasedAt === null ? contact : null;
}

/** Throws 422 for a contact that is not there, or was erased. */
export async function namedContact(tx: Tx, id: string, path = "contact_id"): Promise<ContactRow> {
  return there(path, await presentContact(tx, id));
}

export async function namedTalk(tx: Tx, id: string, path = "conversation_id"): Promise<Talk> {
  return there(path, await findTalk(tx, id));
}

export async function namedTeam(tx: Tx, id: string, path = "team_id"): Promise<TeamRow> {
  return there(path, await findTeam(tx, id));
}

/** Throws 422 for an operator who is not there, or can't get work at all. */
export async function namedOperator(tx: Tx, id: string, path = "assignee_id"): Promise<OperatorRow> {
  const operator = there(path, await findOperator(tx, id));
  if (!operator.active) throw invalid(path, "this operator is not active");
  return operator;
}

export async function namedClient(tx: Tx, id: string, path = "client_id"): Promise<ClientRow> {
  return there(path, await findClient(tx, id));
}

interface Asked {
  readonly contact_id?: string | null | undefined;
  readonly contact?: output<typeof newRequester> | undefined;
  readonly conversation_id?: string | null | undefined;
}

/** Who asks: the contact that is named, else the one of the conversation. Throws 422. */
export async function requesterOf(
  tx: Tx,
  { contact_id = null, contact: given, conversation_id = null }: Asked,
): Promise<Pick<TicketRow, "contactId" | "conversationId" | "locale">> {
  if (given !== undefined && (contact_id !== null || conversation_id !== null)) {
    throw invalid("contact", "is given in place of contact_id and conversation_id, not beside them");
  }
  if (conversation_id !== null) {
    const { conversation, contact } = await namedTalk(tx, conversation_id);
    if (contact_id !== null && contact_id !== contact.id) {
      throw invalid("contact_id", "is not the contact of the conversation");
    }
    return { contactId: contact.id, conversationId: conversation.id, locale: conversation.locale };
  }
  if (given !== undefined) {
    const { id, locale } = await identify(tx, senderOf(given));
    return { contactId: id, conversationId: null, locale };
  }
  if (contact_id === null) return { contactId: null, conversationId: null, locale: null };
  const { id, locale } = await namedContact(tx, contact_id);
  return { contactId: id, conversationId: null, locale };
}

function senderOf({ name, email, phone }: output<typeof newRequester>): Sender {
  return {
    identities: [
      ...(email === undefined ? [] : [{ kind: "email" as const, value: email }]),
      ...(phone === undefined ? [] : [{ kind: "phone" as const, value: phone }]),
    ],
    ...(name === undefined ? {} : { name }),
  };
}

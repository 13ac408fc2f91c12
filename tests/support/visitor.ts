import { channelAccounts, contacts } from "../../db/schema/conversations.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
import { authenticate, issueVisitorToken } from "../../lib/identity/mod.ts";
import { newId } from "../../lib/kernel/ids.ts";
import type { Harness } from "./harness.ts";

export interface TestVisitor {
  readonly ctx: Ctx;
  readonly token: string;
  readonly contactId: string;
  readonly channelAccountId: string;
  /** The public key of its web chat: /chat/{key}. */
  readonly key: string;
}

/** A visitor of a web chat of the workspace; each call makes a chat of its own. */
export async function createVisitor(h: Harness, workspaceId: string): Promise<TestVisitor> {
  const contactId = newId("contact");
  const channelAccountId = newId("channelAccount");
  const key = channelAccountId.slice(-12);
  const createdAt = h.clock.now();
  await h.system.transact(async (tx) => {
    await tx.db.insert(contacts).values({ id: contactId, workspaceId, name: "Ana", locale: "es", createdAt });
    await tx.db.insert(channelAccounts).values({
      id: channelAccountId,
      workspaceId,
      channel: "web",
      name: "Web",
      key,
      settings: {},
      createdAt,
    });
  });
  const place = { ports: h.ports, config: h.config };
  const { token } = await issueVisitorToken(place, { contactId, channelAccountId, workspaceId });
  const who = await authenticate(place, { authorization: `Bearer ${token}`, apiKey: null, workspace: null });
  return { ctx: createContext({ ...place, ...who }), token, contactId, channelAccountId, key };
}

import { eq } from "drizzle-orm";
import { workspaces } from "../../../db/schema/identity.ts";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { takeMail } from "../../../lib/mail-in/mod.ts";
import { listComments, listTickets } from "../../../lib/tickets/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { handlers } from "../../../workers/registry.ts";
import { type Harness, harness, type Person } from "../../support/harness.ts";
import { work } from "../conversations/talk.ts";

export const SECRET = `whsec_${btoa("m".repeat(32))}`;
const ENV = {
  MAIL_FROM: "Soporte <avisos@empresa.example>",
  MAIL_INBOX: "soporte@empresa.example",
  MAIL_HOOK_SECRET: SECRET,
};

export interface Letters extends Person {
  readonly h: Harness;
  /** Takes a mail in and works until nothing is due. */
  arrive(mail: string | Uint8Array<ArrayBuffer>): Promise<void>;
  settle(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openLetters(env: Record<string, string> = {}): Promise<Letters> {
  const h = await harness({ env: { ...ENV, ...env } });
  const person = await h.person();
  await h.system.transact((tx) =>
    tx.db.update(workspaces).set({ slug: "default" }).where(eq(workspaces.id, person.workspaceId))
  );
  const settle = async () => {
    do await drainConsumers(h.system, consumers); while ((await work(h, handlers)).length > 0);
  };
  return {
    ...person,
    h,
    settle,
    async arrive(mail) {
      const raw = typeof mail === "string" ? new TextEncoder().encode(mail) : mail;
      await takeMail(h.system.as({ actor: systemActor("mail") }), { raw, format: "mime" });
      await settle();
    },
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

let serial = 0;
export function letter(more: Record<string, string> = {}, body = "No enfría desde ayer."): string {
  const headers = {
    From: "Ana Pérez <ana@cliente.example>",
    To: "soporte@empresa.example",
    Subject: "El aire no enfría",
    "Message-ID": `<m${serial++}@cliente.example>`,
    "Content-Type": "text/plain; charset=utf-8",
    ...more,
  };
  return `${
    Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\r\n")
  }\r\n\r\n${body}\r\n`;
}

export const tickets = async ({ ctx }: Pick<Person, "ctx">) => (await listTickets(ctx, { limit: 50 })).data;
export const comments = async ({ ctx }: Pick<Person, "ctx">, ticketId: string) =>
  (await listComments(ctx, { ticketId, limit: 50 })).data;

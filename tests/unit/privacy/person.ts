import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { workspaces } from "../../../db/schema/identity.ts";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { receiveMessage } from "../../../lib/conversations/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { takeMail } from "../../../lib/mail-in/mod.ts";
import { converse } from "../../../lib/watson/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { handlers } from "../../../workers/registry.ts";
import type { Answer, Harness } from "../../support/harness.ts";
import { openShop, type Shop, work } from "../conversations/talk.ts";

/** Nothing else says this word. */
export const SECRET = "zanahoria";
export const EMAIL = "ana.zanahoria@cliente.example";
export const PHONE = "5281557301";

export const PRIVATE_ENV = {
  MAIL_FROM: "avisos@empresa.example",
  MAIL_INBOX: "soporte@empresa.example",
};

export interface Known extends Shop {
  readonly contactId: string;
  readonly conversationId: string;
  /** Of the conversation, and of the mail. */
  readonly ticketIds: readonly string[];
  call(method: string, path: string, body?: unknown): Promise<Answer["body"]>;
  workAll(): Promise<void>;
}

/** A customer of whom every part of the product knows something, and a webhook, a rule and a watcher that heard it. */
export async function openKnown(h: Harness): Promise<Known> {
  const shop = await openShop(h);
  await h.system.transact((tx) =>
    tx.db.update(workspaces).set({ slug: "default" }).where(eq(workspaces.id, shop.workspaceId))
  );
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await h.request(method, path, { token: shop.token, body });
    assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const workAll = async () => {
    h.clock.advance(301);
    do await drainConsumers(h.system, consumers); while ((await work(h, handlers)).length > 0);
  };
  await call("POST", "/api/webhooks/endpoints", { url: "https://hooks.example/x", types: ["*"] });
  await call("POST", "/api/rules", {
    name: "Nota",
    when: { event: "ticket.opened" },
    actions: [
      { type: "comment", text: "Visto: {{ticket.subject}}" },
      {
        type: "notify",
        to: [{ user_id: shop.userId }, "requester"],
        subject: "{{ticket.subject}}",
        message: "{{ticket.subject}}",
      },
    ],
  });
  await call("POST", "/api/rules", {
    name: "Eco",
    when: { event: "message.received" },
    actions: [{
      type: "notify",
      to: [{ user_id: shop.userId }],
      subject: "Eco",
      message: "{{message.text}}",
    }],
  });
  await call("POST", "/api/sla-policies", {
    name: "Base",
    counts: "wall",
    targets: { first_response: { normal: 60 } },
    default: true,
  });

  const { conversationId } = await receiveMessage(shop.inside, {
    channelAccountId: shop.web,
    contact: {
      identities: [{ kind: "email", value: EMAIL }, { kind: "phone", value: PHONE }],
      name: `Ana ${SECRET}`,
    },
    kind: "text",
    text: `Mi clave es ${SECRET}`,
    externalId: "m-1",
  });
  await workAll();
  const conversation = await call("GET", `/api/conversations/${conversationId}`);
  const contactId = conversation.contact.id;
  const first = await call("POST", "/api/tickets", {
    subject: `Caldera ${SECRET}`,
    description: SECRET,
    conversation_id: conversationId,
    labels: ["caldera"],
  });
  await call("POST", `/api/tickets/${first.id}/watchers`, { user_id: shop.userId });
  await call("POST", `/api/tickets/${first.id}/comments`, {
    text: `Privado ${SECRET}`,
    visibility: "private",
  });
  const raw = new TextEncoder().encode(
    `From: Ana <${EMAIL}>\r\nTo: soporte@empresa.example\r\nSubject: Por correo ${SECRET}\r\nMessage-ID: <m1@${SECRET}.example>\r\n\r\nHola ${SECRET}\r\n`,
  );
  await takeMail(h.system.as({ actor: systemActor("mail") }), { raw, format: "mime" });
  await workAll();
  const { data } = await call("GET", `/api/tickets?contact_id=${contactId}`);
  const ticketIds = data.map(({ id }: { id: string }) => id);
  assert.equal(ticketIds.length, 2);
  const byMail = ticketIds.find((id: string) => id !== first.id);
  await call("POST", `/api/tickets/${byMail}/comments`, { text: `Su ${SECRET} llegó`, visibility: "public" });
  await call("POST", "/api/calls", {
    direction: "in",
    phone: `+${PHONE}`,
    contact_id: contactId,
    ticket_id: first.id,
    started_at: new Date(h.clock.now()).toISOString(),
    notes: SECRET,
  });
  await call("POST", "/api/visits", {
    subject: `Visita ${SECRET}`,
    contact_id: contactId,
    address: SECRET,
    ticket_id: first.id,
  });
  const { id: off } = await call("POST", "/api/visits", { subject: "Visita", contact_id: contactId });
  await call("POST", `/api/visits/${off}/cancel`, { reason: `Pidió ${SECRET}` });
  for (
    const text of [
      `¿Cómo va el ticket T-${first.number}? Es el de ${SECRET}`,
      `Manda un correo a ${EMAIL} diciendo que ya llegó su ${SECRET}`,
    ]
  ) {
    const { outcome } = await converse(shop.ctx, {
      sessionId: "w-1",
      user: EMAIL,
      text,
      context: { contact_id: contactId },
    });
    assert.equal(outcome, "done", text);
  }
  await call("PUT", `/api/contacts/${contactId}/notification-preferences`, {
    preferences: [{ category: "surveys", channel: "email", enabled: false }],
    quiet_hours: { timezone: "America/Mexico_City", from: "22:00", to: "07:00" },
  });
  for (const recipient of [EMAIL, contactId]) {
    await call("POST", "/api/advanced/notifications/send", {
      channel: "email",
      recipient,
      subject: `Aviso ${SECRET}`,
      message: `Hola ${SECRET}`,
    });
  }
  await workAll();
  await call("POST", "/api/advanced/notifications/bulk", {
    channel: "email",
    recipients: [{ recipient: EMAIL, data: { name: SECRET } }, {
      recipient: "otra@cliente.example",
      data: { name: "x" },
    }],
    subject: "Oferta",
    message: "Hola {{name}}",
  });
  return { ...shop, contactId, conversationId, ticketIds, call, workAll };
}

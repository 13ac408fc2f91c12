import assert from "node:assert/strict";
import { receiveMessage } from "../../lib/conversations/mod.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { upsertSubscription } from "../../lib/notifications/store-push.ts";
import { upsertTemplate } from "../../lib/messaging/store-templates.ts";
import { converse } from "../../lib/watson/mod.ts";
import { recordUnanswered } from "../../lib/knowledge/mod.ts";
import { type Answer, type Call, type Harness, type Person } from "../support/harness.ts";
import { createVisitor, type TestVisitor } from "../support/visitor.ts";
import { makePeople } from "./bad-input-people.ts";

export interface Foreign {
  readonly owner: Person;
  readonly visitor: TestVisitor;
  /** A real id of this workspace for the parameter of a path. Throws when the battery knows none. */
  idFor(path: string): string;
}

/** A workspace with one of everything that a path can name. */
export async function openForeign(h: Harness): Promise<Foreign> {
  const owner = await h.person();
  const visitor = await createVisitor(h, owner.workspaceId);
  const call = async (method: string, path: string, given: Call = {}): Promise<Answer["body"]> => {
    const { status, body } = await h.request(method, path, { token: owner.token, ...given });
    assert.ok(status < 300, `${method} ${path} ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const entry = await call("POST", "/api/knowledge/entries", {
    body: { kind: "pair", title: "¿Abren?", body: "Sí.", locale: "es" },
  });
  const taken = await call("POST", "/api/conversations", {
    body: { contact: { external_id: "ana" }, text: "Hola" },
  });
  const conversation = await call("GET", `/api/conversations/${taken.conversation_id}`);
  const form = new FormData();
  form.set("file", new File(["hola"], "hola.txt", { type: "text/plain" }));
  const file = await call("POST", `/api/conversations/${conversation.id}/attachments`, { body: form });
  const key = await call("POST", "/api/security/api-keys", { body: { name: "key" } });
  const invitation = await call("POST", "/api/workspaces/current/invitations", {
    body: { email: "luis@example.com", role: "operator" },
  });
  const sessions = await call("GET", "/api/security/sessions");
  const question = await owner.ctx.transact((tx) =>
    recordUnanswered(tx, { question: "¿Venden bicicletas?", locale: "es", conversationId: conversation.id })
  );
  const channel = await call("POST", "/api/channels", {
    body: {
      channel: "whatsapp",
      name: "WhatsApp",
      settings: { phone_number_id: "106540352242922", business_account_id: "102290129340398" },
      secrets: { access_token: "EAAG-token", app_secret: "app-secret", verify_token: "verify" },
    },
  });
  const inside = h.system.as({ workspaceId: owner.workspaceId });
  const chat = await receiveMessage(inside, {
    channelAccountId: channel.id,
    contact: { identities: [{ kind: "phone", value: "5215512345678" }], name: "Ana" },
    externalId: `wamid.${channel.id}`,
    kind: "text",
    text: "Hola",
    sentAt: h.clock.now(),
  });
  const queued = await call("POST", `/api/conversations/${chat.conversationId}/reply`, {
    body: { text: "Buenas" },
  });
  const template = await inside.transact((tx) =>
    upsertTemplate(tx, {
      businessAccountId: "102290129340398",
      remoteId: "594425479261596",
      name: "recordatorio",
      language: "es",
      category: "UTILITY",
      status: "APPROVED",
      reason: null,
      quality: null,
      components: [{ type: "BODY", text: "Mañana" }],
      statusAt: 0,
    })
  );
  const task = await call("POST", "/api/high-scale-tasks/submit", {
    body: { function_name: "math.sqrt", args: [16] },
  });
  const endpoint = await call("POST", "/api/webhooks/endpoints", {
    body: { url: "https://erp.example.com/h" },
  });
  const address = await call("POST", "/api/notifications/addresses", {
    body: { channel: "slack", url: "https://hooks.slack.com/services/T/B/X" },
  });
  const browser = await inside.transact((tx) =>
    upsertSubscription(tx, {
      id: newId("pushSubscription"),
      userId: owner.userId,
      endpoint: "https://push.example/1",
      p256dh: "B",
      auth: "a",
      userAgent: null,
    })
  );
  const bulk = await call("POST", "/api/advanced/notifications/bulk", {
    body: { channel: "in_app", recipients: [owner.userId], message: "Hola" },
  });
  const words = await call("POST", "/api/notifications/templates", {
    body: { name: "visit.reminder", texts: { es: { subject: "Hola", text: "Hola" } } },
  });
  const told = await call("POST", "/api/advanced/notifications/send", {
    body: { channel: "in_app", recipient: owner.userId, message: "Hola" },
  });
  const people = await makePeople(call);
  const report = await call("POST", "/api/reports", {
    body: { definition: { dataset: "conversations" }, format: "csv" },
  });
  const calendar = await call("POST", "/api/calendars", {
    body: { name: "Turno", timezone: "UTC", hours: null },
  });
  const policy = await call("POST", "/api/sla-policies", {
    body: { name: "Oro", targets: { resolution: { normal: 60 } } },
  });
  const schedule = await call("POST", "/api/schedules", {
    body: { name: "noon", cron: "0 12 * * *", function_name: "math.sqrt", args: [16] },
  });
  const rule = await call("POST", "/api/rules", {
    body: { name: "Regla", when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] },
  });
  const example = await call("POST", "/api/watson/examples", {
    body: { intent: "help", text: "¿y ahora qué?" },
  });
  const talk = await converse(owner.ctx, { text: "hola" });
  const watsonSessions = await call("GET", "/api/watson/sessions");
  assert.equal(watsonSessions.data[0].session_id, talk.session_id);
  const unanswered = await call("GET", "/api/knowledge/unanswered");
  assert.notEqual(question, null);

  const ticket = await call("POST", "/api/tickets", { body: { subject: "No enfría" } });
  const note = new FormData();
  note.set("file", new File(["hola"], "nota.txt", { type: "text/plain" }));
  const noted = await call("POST", `/api/tickets/${ticket.id}/attachments`, { body: note });
  const category = await call("POST", "/api/ticket-categories", { body: { name: "Garantía" } });
  const canned = await call("POST", "/api/canned-replies", { body: { name: "Hola", text: "Hola" } });
  const macro = await call("POST", "/api/ticket-macros", {
    body: { name: "Subir", actions: [{ type: "raise_priority" }] },
  });
  const mailbox = await call("POST", "/api/mail-addresses", { body: {} });
  const view = await call("POST", "/api/ticket-views", { body: { name: "Todo", filter: {} } });

  const ids: Readonly<Record<string, string>> = {
    ...people,
    "/api/tickets/": ticket.id,
    "/api/ticket-categories/": category.id,
    "/api/canned-replies/": canned.id,
    "/api/ticket-macros/": macro.id,
    "/api/ticket-views/": view.id,
    "/api/ticket-attachments/": noted.attachments[0].id,
    "/api/security/sessions/": sessions.data[0].id,
    "/api/security/api-keys/": key.id,
    "/api/workspaces/current/members/": owner.userId,
    "/api/workspaces/current/invitations/": invitation.id,
    "/api/admin/users/": "usr_01kabcdefghjkmnpqrstvwxyz0",
    "/api/knowledge/entries/": entry.id,
    "/api/knowledge/unanswered/": unanswered.data[0].id,
    "/api/contacts/": conversation.contact.id,
    "/api/conversations/": conversation.id,
    "/api/attachments/": file.attachments[0].id,
    "/api/channels/": channel.id,
    "/api/mail-addresses/": mailbox.id,
    "/api/whatsapp/chats/": chat.conversationId,
    "/api/whatsapp/templates/": template.id,
    "/api/queue/messages/": queued.id,
    "/api/schedules/": schedule.id,
    "/api/high-scale-tasks/tasks/": task.task_id,
    "/api/high-scale-tasks/dlq/": task.task_id,
    "/api/advanced/notifications/history/": told.id,
    "/api/notifications/addresses/": address.id,
    "/api/notifications/push/subscriptions/": browser.id,
    "/api/advanced/notifications/bulk/": bulk.id,
    "/api/notifications/templates/": words.id,
    "/api/notifications/": told.id,
    "/api/webhooks/endpoints/": endpoint.id,
    "/api/calendars/": calendar.id,
    "/api/sla-policies/": policy.id,
    "/api/rules/": rule.id,
    "/api/chat/attachments/": file.attachments[0].id,
    "/api/chat/messages/": file.id,
    "/api/reports/": report.id,
    "/api/watson/examples/": example.id,
    "/api/watson/sessions/": watsonSessions.data[0].id,
  };
  return {
    owner,
    visitor,
    idFor(path) {
      const known = Object.entries(ids).find(([prefix]) => path.startsWith(`${prefix}{`));
      assert.ok(known, `${path} names something that this battery can't make: add it to openForeign`);
      return known[1];
    },
  };
}

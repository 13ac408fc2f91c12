import assert from "node:assert/strict";
import {
  listContacts,
  listConversations,
  listMessages,
  openAttachment,
} from "../../../lib/conversations/mod.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { webhookReceipts } from "../../../db/schema/messaging.ts";
import { addMedia, bodyOf, INBOUND_TYPES, STATUS_PLANS } from "../../support/fakes/graph.ts";
import { ANA, type Line, openLine, talkWithAna } from "./line.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function receipts(line: Line) {
  return await line.h.system.db.select({ state: webhookReceipts.state, reason: webhookReceipts.reason })
    .from(webhookReceipts).orderBy(webhookReceipts.id);
}

async function messagesOf(line: Line, direction: "in" | "out" = "in") {
  const { data: conversations } = await listConversations(line.ctx, { limit: 50 });
  const lists = await Promise.all(
    conversations.map(({ id }) => listMessages(line.ctx, { conversationId: id, limit: 100 })),
  );
  return lists.flatMap(({ data }) => data).filter((message) => message.direction === direction);
}

Deno.test("the challenge is answered for the right verify token and refused for a wrong one", async () => {
  await using line = await openLine();
  const ask = (token: string) =>
    line.h.request(
      "GET",
      `/api/whatsapp/webhook?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=42`,
    );
  const right = await ask(line.graph.env["WHATSAPP_VERIFY_TOKEN"] ?? "");
  assert.deepEqual([right.status, right.body], [200, "42"]);
  assert.equal((await ask("wrong")).status, 403);
});

Deno.test("a webhook that nobody of ours signed is refused and leaves no row", async () => {
  await using line = await openLine();
  const body = bytesOf("{}");
  for (
    const headers of [{}, { "x-hub-signature-256": "sha256=00" }, {
      "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
    }]
  ) {
    const answer = await line.h.request("POST", "/api/whatsapp/webhook", { body, headers });
    assert.deepEqual([answer.status, answer.body.code], [401, "bad_signature"]);
  }
  assert.deepEqual(await receipts(line), []);
});

Deno.test("a body over 3 MB is refused", async () => {
  await using line = await openLine();
  const body = new Uint8Array(3 * 1024 * 1024 + 1);
  const answer = await line.h.request("POST", "/api/whatsapp/webhook", {
    body,
    headers: { "x-hub-signature-256": line.graph.webhooks.sign(body) },
  });
  assert.equal(answer.status, 413);
  assert.deepEqual(await receipts(line), []);
});

Deno.test("every type of message is kept, unknown ones whole, and reactions call nobody", async () => {
  await using line = await openLine();
  const customer = line.graph.customer(ANA);
  for (const type of [...INBOUND_TYPES, "hologram"]) customer.sends(type);
  await line.settle();
  const kept = await messagesOf(line);
  assert.equal(kept.length, INBOUND_TYPES.length + 1);
  assert.ok((await receipts(line)).every(({ state }) => state === "processed"));
  const kinds = new Set<string>(kept.map(({ kind }) => kind));
  for (
    const kind of [
      "text",
      "image",
      "audio",
      "video",
      "document",
      "sticker",
      "location",
      "contacts",
      "reaction",
      "order",
      "system",
      "unknown",
    ]
  ) {
    assert.ok(kinds.has(kind), `${kind} is missing of ${[...kinds]}`);
  }
  const { data: [conversation] } = await listConversations(line.ctx, { limit: 1 });
  const silent = kept.filter(({ kind }) => kind === "reaction" || kind === "system").length;
  assert.equal(conversation?.unread, kept.length - silent);
});

Deno.test("many changes of several customers in one body are taken in once, however often it comes", async () => {
  await using line = await openLine();
  for (let at = 0; at < 40; at++) {
    line.graph.customer({ phone: `52155000000${at + 10}`, name: `C${at}` }).says(`Hola ${at}`);
  }
  const body = bodyOf(line.graph.webhooks.queue.splice(0));
  const answers = await Promise.all(Array.from({ length: 20 }, () => line.graph.webhooks.post(body)));
  assert.ok(answers.every((status) => status === 200));
  await line.settle();
  assert.equal((await messagesOf(line)).length, 40);
  assert.equal((await receipts(line)).length, 1);
});

Deno.test("a wamid that comes 100 times in parallel, each time in another body, is one message", async () => {
  await using line = await openLine();
  line.graph.customer(ANA).says("Hola");
  const [change] = line.graph.webhooks.queue.splice(0);
  assert.ok(change !== undefined);
  await Promise.all(
    Array.from(
      { length: 100 },
      (_, at) => line.graph.webhooks.post(bodyOf([{ ...change, time: 1_700_000_000 + at }])),
    ),
  );
  await line.settle();
  assert.equal((await receipts(line)).length, 100);
  assert.equal((await messagesOf(line)).length, 1);
  await line.pause();
  assert.equal(line.graph.ledger.received.length, 1);
});

Deno.test("a sender without a phone is answered by the business-scoped id, and is the same person with one", async () => {
  await using line = await openLine();
  line.graph.customer({ userId: "MX.1349ABC", name: "Ana", username: "ana.mx" }).says("¿A qué hora abren?");
  await line.settle();
  await line.pause();
  assert.equal(line.graph.ledger.of("MX.1349ABC").length, 1);
  line.graph.customer({ userId: "MX.1349ABC", phone: ANA.phone, name: "Ana" }).says("Gracias");
  await line.settle();
  const { data } = await listContacts(line.ctx, { limit: 10 });
  assert.equal(data.length, 1);
  assert.deepEqual(data[0]?.identities.map(({ kind }) => kind).sort(), [
    "phone",
    "username",
    "whatsapp_bsuid",
  ]);
});

for (
  const [name, body, state] of [
    ["not UTF-8", Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]), "unreadable"],
    ["not JSON", bytesOf("hola"), "unreadable"],
    ["about something else", bytesOf('{"object":"page","entry":[]}'), "unreadable"],
    ["nested ten thousand levels", bytesOf("[".repeat(10_000) + "]".repeat(10_000)), "unreadable"],
    [
      "10,000 changes",
      bytesOf(JSON.stringify({
        object: "whatsapp_business_account",
        entry: [{
          id: "1",
          changes: Array.from({ length: 10_000 }, () => ({ field: "messages", value: {} })),
        }],
      })),
      "too_many",
    ],
  ] as const
) {
  Deno.test(`a signed body that is ${name} is kept and ends as ${state}`, async () => {
    await using line = await openLine();
    assert.equal(await line.graph.webhooks.post(new Uint8Array(body)), 200);
    await line.settle();
    const [receipt] = await receipts(line);
    assert.equal(receipt?.state, state);
    assert.ok(receipt?.reason);
  });
}

Deno.test("news that can't be taken in are named, and the others of the body are taken in", async () => {
  await using line = await openLine();
  line.graph.customer(ANA).says("Hola");
  line.graph.customer(ANA).sends("text", { message: { id: "", from: "" } });
  await line.graph.webhooks.flush({ batch: 10 });
  await line.settle();
  assert.equal((await messagesOf(line)).length, 1);
  const [receipt] = await receipts(line);
  assert.deepEqual([receipt?.state, receipt?.reason], ["partly", "a message without an id or a sender"]);
});

Deno.test("a number that is not ours: the receipt is kept as foreign and nothing else happens", async () => {
  await using line = await openLine();
  const stranger = line.graph.addNumber();
  line.graph.customer(ANA, stranger.phoneNumberId).says("Hola");
  await line.settle();
  assert.equal((await receipts(line))[0]?.state, "foreign");
  assert.deepEqual(await messagesOf(line), []);
});

Deno.test("statuses that come before the message knows its id are applied when it does", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.never);
  await talkWithAna(line);
  const [sent] = await line.queue();
  const status = (id: string, word: string) => ({
    businessAccountId: line.graph.account.businessAccountId,
    field: "messages",
    value: {
      metadata: { phone_number_id: line.graph.account.phoneNumberId },
      statuses: [{ id, status: word, timestamp: "1767628800", recipient_id: ANA.phone }],
    },
  });
  line.graph.webhooks.push(status("wamid.nobody", "read"), status(sent?.external_id ?? "", "read"));
  await line.settle();
  line.graph.webhooks.push(
    status(sent?.external_id ?? "", "delivered"),
    status(sent?.external_id ?? "", "failed"),
  );
  await line.settle();
  assert.equal((await line.queue())[0]?.state, "read");
  assert.ok((await receipts(line)).every(({ state }) => state === "processed"));
});

Deno.test("what Meta finds out later fails a message with Meta's code, unless it was delivered", async () => {
  await using line = await openLine();
  line.graph.statuses(() => [{ status: "sent" }, { status: "failed", code: 131026 }]);
  await talkWithAna(line);
  const [message] = await line.queue();
  assert.deepEqual([message?.state, message?.state_reason], ["failed", "recipient_unreachable (131026)"]);
});

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);

Deno.test("a customer's picture is fetched, checked and handed out", async () => {
  await using line = await openLine();
  line.graph.customer(ANA).sends("image", { bytes: PNG, mimeType: "image/png", part: { caption: "Mire" } });
  await line.settle();
  const [message] = await messagesOf(line);
  assert.equal(message?.text, "Mire");
  const [file] = message?.attachments ?? [];
  assert.deepEqual([file?.content_type, file?.size], ["image/png", PNG.length]);
  const { body } = await openAttachment(line.ctx, file?.id ?? "");
  assert.deepEqual(
    new Uint8Array(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer()),
    PNG,
  );
});

for (
  const [name, lie, reason] of [
    ["is 1 GB", { size: 1024 ** 3 }, "too_large"],
    ["lies about its hash", { sha256: "0".repeat(64) }, "hash_mismatch"],
  ] as const
) {
  Deno.test(`a file that ${name} is not kept, and the message says ${reason}`, async () => {
    await using line = await openLine();
    const media = addMedia(line.graph.world, { bytes: PNG, mimeType: "image/png", ...lie });
    line.graph.customer(ANA).sends("image", {
      part: { id: media.id, mime_type: "image/png", sha256: undefined },
    });
    await line.settle();
    const events = await readEvents(line.ctx, { after: 0, limit: 100, types: ["message.file_changed"] });
    assert.equal(events.length, 1);
    const [message] = await messagesOf(line);
    assert.deepEqual(message?.attachments, []);
    assert.match(JSON.stringify(events[0]?.data), new RegExp(reason));
  });
}

Deno.test("a text that says it is a picture is not kept", async () => {
  await using line = await openLine();
  line.graph.customer(ANA).sends("image", { bytes: bytesOf("<html>hola</html>"), mimeType: "image/png" });
  await line.settle();
  const events = await readEvents(line.ctx, { after: 0, limit: 100, types: ["message.file_changed"] });
  assert.match(JSON.stringify(events[0]?.data), /type_mismatch/);
});

Deno.test("connecting a number twice is refused, its secrets are never shown, and disconnecting frees it", async () => {
  await using line = await openLine();
  const body = {
    channel: "whatsapp",
    name: "Otra",
    settings: { phone_number_id: line.graph.account.phoneNumberId },
    secrets: { access_token: "EAAG-secret-token" },
  };
  const other = await line.h.person();
  const twice = await line.h.request("POST", "/api/channels", { token: other.token, body });
  assert.equal(twice.status, 409);
  const gone = await line.h.request("DELETE", `/api/channels/${line.accountId}`, { token: line.token });
  assert.equal(gone.status, 204);
  const made = await line.h.request("POST", "/api/channels", { token: other.token, body });
  assert.equal(made.status, 201);
  const list = await line.h.request("GET", "/api/channels", { token: other.token });
  assert.doesNotMatch(JSON.stringify([made.body, list.body]), /secret-token/);
  const missing = await line.h.request("POST", "/api/channels", {
    token: line.token,
    body: { channel: "whatsapp", name: "X", settings: { phone_number_id: "1065" } },
  });
  assert.equal(missing.status, 422);
});

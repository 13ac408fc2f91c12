import assert from "node:assert/strict";
import { cleanText } from "../../lib/kernel/text.ts";
import { serveApp } from "../support/browser.ts";
import { type Answer, type Harness, harness, type Person } from "../support/harness.ts";
import { createVisitor } from "../support/visitor.ts";
import { ROOM, send } from "./bad-input-send.ts";

/** What people, and others, put into a field of text. */
const TEXTS = {
  nul: "antes\u0000después",
  "lone surrogate": "roto \ud83d y \udc4d roto",
  "emoji of several parts": "👨‍👩‍👧‍👦🏳️‍🌈 é é",
  sql: "'; drop table messages; -- \" ` ) or 1=1",
  html: "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; &lt;",
  "right to left": "مرحبا ‮ שלום",
  json: '{"a":[1,{"b":null}]}\\u0000\\',
  formats: "%s %n {0} ${x} {{y}} ../../etc/passwd",
  controls: "a\u0001b\u007f\u2028c\u2029\ufeffd",
} as const;

const faithful = (text: string) => cleanText(text).trim();

async function textOf(h: Harness, person: Person, taken: Answer): Promise<string> {
  const { body } = await h.request("GET", `/api/conversations/${taken.body.conversation_id}/messages`, {
    token: person.token,
  });
  const found: { id: string; text: string }[] = body.data;
  return found.find(({ id }) => id === taken.body.message_id)?.text ?? "(not there)";
}

for (const [kind, text] of Object.entries(TEXTS)) {
  Deno.test(`${kind} in every field of text is kept faithfully or refused, never a 500`, async () => {
    await using h = await harness({ env: ROOM });
    const person = await h.person();
    const visitor = await createVisitor(h, person.workspaceId);
    const { token } = person;

    const taken = await send(h, person, text);
    assert.equal(taken.status, 202, JSON.stringify(taken.body));
    assert.equal(await textOf(h, person, taken), faithful(text));

    const said = await h.request("POST", "/api/chat/messages", {
      token: visitor.token,
      body: { text, client_id: "c-1" },
    });
    assert.equal(said.status, 202, JSON.stringify(said.body));
    assert.equal(await textOf(h, person, said), faithful(text));

    const named = await h.request("POST", "/api/conversations", {
      token,
      body: { contact: { external_id: text, name: text, locale: text.slice(0, 35) }, text: "hola" },
    });
    assert.ok(named.status === 202 || named.status === 422, `${named.status}`);
    if (named.status === 202) {
      const { body } = await h.request("GET", `/api/conversations/${named.body.conversation_id}`, { token });
      assert.equal(body.contact.name, faithful(text));
    }

    const entry = { kind: "pair", title: text, body: text, locale: "es", tags: [text.slice(0, 40)] };
    const made = await h.request("POST", "/api/knowledge/entries", { token, body: entry });
    assert.ok(made.status === 201 || made.status === 422, JSON.stringify(made.body));
    if (made.status === 201) {
      const { body } = await h.request("GET", `/api/knowledge/entries/${made.body.id}`, { token });
      assert.deepEqual([body.title, body.body], [faithful(text), faithful(text)]);
    }
    const asked = await h.request("POST", "/api/knowledge/ask", { token, body: { question: text } });
    assert.ok(asked.status < 500);
    const id = await h.request("POST", "/api/chat/messages", {
      token: visitor.token,
      body: { text, client_id: text },
    });
    assert.ok(id.status === 202 || id.status === 422, JSON.stringify(id.body));

    const words = {
      name: text,
      greeting: text,
      away: text,
      tone: text,
      description: text,
      handover_words: [text],
    };
    const business = await h.request("PUT", "/api/business/config", { token, body: words });
    assert.ok(business.status === 200 || business.status === 422, JSON.stringify(business.body));
    if (business.status === 200) {
      const { body } = await h.request("GET", "/api/business/config", { token });
      assert.deepEqual([body.name, body.greeting, body.away], [
        faithful(text),
        faithful(text),
        faithful(text),
      ]);
    }

    const account = {
      email: "ana@example.com",
      username: "ana-ruiz",
      name: text,
      password: "rio-verde-lento-42-camino",
    };
    const joined = await h.request("POST", "/api/auth/register", { body: account });
    assert.ok(joined.status === 201 || joined.status === 422, JSON.stringify(joined.body));
    for (const odd of [{ email: text }, { username: text }, { password: text }]) {
      const body = { ...account, email: "otra@example.com", username: "otra", name: "Otra", ...odd };
      assert.ok((await h.request("POST", "/api/auth/register", { body })).status < 500);
    }
    for (const query of ["q", "search", "contact_id", "cursor", "after"]) {
      for (const path of ["/api/conversations", "/api/contacts", "/api/knowledge/entries"]) {
        const { status } = await h.request("GET", `${path}?${query}=${encodeURIComponent(faithful(text))}`, {
          token,
        });
        assert.ok(status < 500, `${path}?${query} ${status}`);
      }
    }
    const { rows: [check] } = await h.ports.database.client.execute("pragma integrity_check");
    assert.equal(check?.integrity_check, "ok");
  });
}

Deno.test("a megabyte of emoji is refused with 413 or 422 where texts are short, and never a 500", async () => {
  await using h = await harness({ env: ROOM });
  const person = await h.person();
  const visitor = await createVisitor(h, person.workspaceId);
  const text = "😀".repeat(250_000);
  const { token } = person;
  const tries: [string, string, string, unknown][] = [
    ["POST", "/api/conversations", token, { contact: { external_id: "a" }, text }],
    ["POST", "/api/conversations", token, { contact: { external_id: text }, text: "a" }],
    ["POST", "/api/chat/messages", visitor.token, { text }],
    ["POST", "/api/knowledge/entries", token, { kind: "pair", title: text, body: text, locale: "es" }],
    ["PUT", "/api/business/config", token, { name: text, greeting: text }],
    ["POST", "/api/auth/register", "", { email: "a@example.com", username: "a", name: text, password: text }],
    ["POST", "/api/knowledge/ask", token, { question: text }],
  ];
  for (const [method, path, by, body] of tries) {
    const answer = await h.request(method, path, { ...(by === "" ? {} : { token: by }), body });
    assert.ok([413, 422].includes(answer.status), `${path} ${answer.status}`);
    assert.ok(JSON.stringify(answer.body).length < 5000, "what was sent is not sent back");
  }
});

Deno.test("a body over the limit is 413, announced or not, and a wrong type or broken JSON is 4xx", async () => {
  await using h = await harness({ env: ROOM });
  const person = await h.person();
  await using server = serveApp(h.app);
  const post = async (body: BodyInit, type = "application/json") => {
    const response = await fetch(`${server.origin}/api/conversations`, {
      method: "POST",
      headers: { authorization: `Bearer ${person.token}`, "content-type": type },
      body,
    });
    return { status: response.status, code: (await response.json()).code };
  };
  const large = new Uint8Array(5 * 1024 * 1024).fill(32);
  assert.deepEqual(await post(large), { status: 413, code: "payload_too_large" });
  assert.deepEqual(await post(large, "multipart/form-data; boundary=x"), {
    status: 413,
    code: "payload_too_large",
  });
  for (
    const deep of ["[".repeat(300) + "]".repeat(300), `{"text":${'{"a":'.repeat(5000)}1${"}".repeat(5001)}`]
  ) {
    assert.deepEqual(await post(deep), { status: 400, code: "bad_request" });
  }
  let sent = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      sent++;
      controller.enqueue(large.subarray(0, 64 * 1024));
    },
  });
  const chunked = await post(endless).catch((error: Error) => ({ status: 0, code: error.message }));
  // The client may see the connection end before it reads the answer, since it never stops to send.
  assert.ok(chunked.status === 413 || chunked.status === 0, JSON.stringify(chunked));
  assert.ok(sent < 2000, "the server did not read on");
  for (const text of ["{", '{"a":', "", "nul", '{"text":"\u0001"}', "[1,2", "\ufeff{}}"]) {
    const { status } = await post(text);
    assert.ok(status === 400 || status === 422, `${text} ${status}`);
  }
  assert.deepEqual(await post("{"), { status: 400, code: "bad_request" });
  for (
    const type of [
      "text/plain",
      "application/xml",
      "application/x-www-form-urlencoded",
      "nonsense",
      "image/png",
    ]
  ) {
    const { status } = await post('{"contact":{"external_id":"a"},"text":"a"}', type);
    assert.ok([400, 415, 422].includes(status), `${type} ${status}`);
  }
  assert.equal((await fetch(`${server.origin}/health`).then((answer) => answer.json())).status, "healthy");
});

Deno.test("JSON a hundred and a hundred thousand levels deep is taken or refused, never a 500", async () => {
  await using h = await harness({ env: ROOM });
  const person = await h.person();
  const deep = (levels: number) => [
    "[".repeat(levels) + "]".repeat(levels),
    '{"a":'.repeat(levels) + "1" + "}".repeat(levels),
  ];
  for (const nested of [...deep(100), ...deep(100_000)]) {
    const bodies: [string, string, string][] = [
      ["POST", "/api/conversations", `{"contact":{"external_id":"a"},"text":"a","more":${nested}}`],
      ["POST", "/api/conversations", `{"contact":${nested},"text":${nested}}`],
      ["POST", "/api/knowledge/entries", `{"kind":"pair","title":"a","body":${nested},"tags":${nested}}`],
      [
        "PUT",
        "/api/business/config",
        `{"hours":${nested},"holidays":${nested},"notify":${nested},"x":${nested}}`,
      ],
      ["POST", "/api/auth/login", nested],
      ["PUT", "/api/auth/profile", `{"name":"Ana","preferences":${nested},"settings":${nested}}`],
      ["PATCH", "/api/workspaces/current", `{"settings":${nested}}`],
    ];
    for (const [method, path, body] of bodies) {
      const { status } = await h.request(method, path, { token: person.token, body });
      assert.ok(status < 500, `${method} ${path} ${nested.slice(0, 5)} x ${nested.length}: ${status}`);
    }
  }
});

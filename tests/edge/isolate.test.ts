import assert from "node:assert/strict";
import { edgeHandlers } from "../../workers/registry-edge.ts";
import { ADMIN_PASSWORD, openEdgeWorld } from "../support/edge.ts";
import { work } from "../unit/conversations/talk.ts";

Deno.test("in workerd a user logs in, a question over the API channel is answered, and what is not there says so", async (t) => {
  await using edge = await openEdgeWorld();
  const { h, request } = edge;
  let token = "";

  await t.step("cold start", () => {
    const { firstAnswerMs, firstAnswerCpuMs } = edge.isolate;
    // deno-lint-ignore no-console -- the figure is what the step is for
    console.log(
      `first answer ${Math.round(firstAnswerMs)} ms after the process began, ${firstAnswerCpuMs} of work`,
    );
    assert.ok(firstAnswerCpuMs > 0 && firstAnswerCpuMs < 5000, `${firstAnswerCpuMs} ms`);
  });

  await t.step("log in", async () => {
    const login = await request("POST", "/api/v3/security/auth/login", {
      body: { username: "admin", password: ADMIN_PASSWORD },
    });
    assert.equal(login.status, 200, JSON.stringify([login.body, edge.isolate.log.slice(-5)]));
    token = login.body.access_token;
    const me = await request("GET", "/api/auth/me", { token });
    assert.equal(me.status, 200);
    assert.equal(me.body.username, "admin");
    const wrong = await request("POST", "/api/auth/login", {
      body: { username: "admin", password: "wrong-one" },
    });
    assert.deepEqual([wrong.status, wrong.body.code], [401, "invalid_credentials"]);
  });

  await t.step("ask", async () => {
    const asked = await request("POST", "/api/conversations", {
      token,
      body: { contact: { external_id: "c-1" }, text: "¿Cuál es su horario?", external_message_id: "m-1" },
    });
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await work(h, edgeHandlers);
    const messages = await request("GET", `/api/conversations/${asked.body.conversation_id}/messages`, {
      token,
    });
    assert.deepEqual(
      messages.body.data.map((row: { direction: string }) => row.direction),
      ["in", "out"],
      JSON.stringify(messages.body),
    );
  });

  await t.step("passwords are judged", async () => {
    const judge = async (password: string) =>
      (await request("POST", "/api/auth/password-strength", { body: { password } })).body.valid;
    for (const weak of ["password123", "contraseña1", "iloveyou2026", "princess99", "qwertyuiop"]) {
      assert.equal(await judge(weak), false, weak);
    }
    assert.equal(await judge("un-camino-de-agua-7"), true);
  });

  await t.step("health", async () => {
    const health = await request("GET", "/api/health", { token });
    assert.equal(health.body.status, "healthy", JSON.stringify(health.body));
    const states = new Map(
      health.body.services.map(({ name, state }: { name: string; state: string }) => [name, state]),
    );
    assert.deepEqual([states.get("database"), states.get("blobs")], ["up", "not_configured"]);
  });

  await t.step("not at the edge", async () => {
    for (const path of ["/api/ws", "/", "/chat", "/docs"]) {
      const answer = await request("GET", path, {
        token,
        headers: path === "/api/ws" ? { upgrade: "websocket", connection: "upgrade" } : {},
      });
      assert.deepEqual([path, answer.status, answer.body.code], [path, 503, "not_at_the_edge"]);
      assert.match(answer.body.detail, /not offered at the edge: \w+/);
    }
  });
});

import assert from "node:assert/strict";
import { deskOf } from "../support/desk.ts";
import { harness } from "../support/harness.ts";

const KEPT = [
  ["POST", "/api/ticket-macros", { name: "Macro" }],
  ["POST", "/api/rules", { name: "Regla", when: { event: "ticket.opened" } }],
] as const;

const WRONG = [
  [{ type: "set_team", team_id: "tea_nowhere" }, "actions.1.team_id"],
  [{ type: "set_category", category_id: "tca_nowhere" }, "actions.1.category_id"],
  [{ type: "assign", assignee_id: "opr_nowhere" }, "actions.1.assignee_id"],
  [{ type: "set_field", key: "color", value: "rojo" }, "actions.1.key"],
  [{ type: "set_field", key: "modelo", value: 5 }, "actions.1.value"],
  [{ type: "set_state", state: "scheduled" }, "actions.1.in_minutes"],
  [{ type: "set_state", state: "open", in_minutes: 5 }, "actions.1.in_minutes"],
] as const;

Deno.test("a macro and a rule that could never be done are refused when they are saved, by name", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  await desk.call("PUT", "/api/ticket-settings", {
    fields: [{ key: "modelo", label: "Modelo", type: "text" }],
  });
  for (const [method, path, kept] of KEPT) {
    for (const [action, wrong] of WRONG) {
      const { status, body } = await desk.call(method, path, {
        ...kept,
        actions: [{ type: "raise_priority" }, action],
      });
      assert.equal(status, 422, `${path} ${JSON.stringify(action)} ${JSON.stringify(body)}`);
      assert.deepEqual(body.errors.map((one: { path: string }) => one.path), [wrong]);
    }
  }
  for (const to of [{ team_id: "tea_x" }, { operator_id: "opr_x" }, { user_id: "usr_x" }]) {
    const action = { type: "notify", to: ["assignee", to], subject: "x", message: "x" };
    const { status, body } = await desk.call("POST", "/api/rules", {
      name: "Regla",
      when: { event: "ticket.opened" },
      actions: [action],
    });
    assert.deepEqual([status, body.errors?.[0].path], [422, `actions.0.to.1.${Object.keys(to)[0]}`]);
  }
});

Deno.test("a macro and a rule whose team is gone since can still be renamed, not given it again", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (const [, path, kept] of KEPT) {
    const { body: team } = await desk.call("POST", "/api/teams", { name: "Gas" });
    const actions = [{ type: "set_team", team_id: team.id }];
    const made = await desk.call("POST", path, { ...kept, actions });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await desk.call("DELETE", `/api/teams/${team.id}`);
    const change = path === "/api/rules" ? "PATCH" : "PUT";
    const one = `${path}/${made.body.id}`;
    assert.equal((await desk.call(change, one, { name: "Otro nombre" })).status, 200);
    assert.equal((await desk.call(change, one, { actions })).status, 422);
  }
});

Deno.test("prepared texts are found by name or shortcut, and a shortcut is of one only", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const made = (name: string, shortcut: string | null) =>
    desk.call("POST", "/api/canned-replies", { name, shortcut, text: "Hola" });
  const first = await made("Cita confirmada", "ok");
  await made("Saludo", "hola");
  await made("Despedida", null);
  assert.equal((await made("Otra", "hola")).status, 409);
  const second = await made("Sin atajo", null);
  const taken = await desk.call("PUT", `/api/canned-replies/${second.body.id}`, { shortcut: "ok" });
  assert.equal(taken.status, 409);
  const kept = await desk.call("PUT", `/api/canned-replies/${first.body.id}`, {
    shortcut: "ok",
    text: "¡Sí!",
  });
  assert.equal(kept.status, 200);
  const found = async (q: string) => {
    const { body } = await desk.call("GET", `/api/canned-replies?q=${encodeURIComponent(q)}`);
    return body.data.map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await found("CITA"), ["Cita confirmada"]);
  assert.deepEqual(await found("hol"), ["Saludo"]);
  assert.deepEqual(await found("%"), []);
});

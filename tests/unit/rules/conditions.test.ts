import assert from "node:assert/strict";
import { conditions, holds, problemsOf } from "../../../lib/rules/conditions.ts";

const FACTS = {
  "ticket.priority": "high",
  "ticket.subject": "La Lavadora no enciende",
  "ticket.labels": ["garantia", "vip"],
  "ticket.assignee_id": null,
  "ticket.reopens": 2,
  "ticket.overdue": true,
  "sla.clock": "resolution",
};

const ask = (field: string, operator: string, value?: unknown) =>
  holds(conditions.parse({ field, operator, ...(value === undefined ? {} : { value }) }), FACTS);

Deno.test("each operator says what its name says", () => {
  const yes: [string, string, unknown?][] = [
    ["ticket.priority", "is", "high"],
    ["ticket.priority", "in", ["high", "urgent"]],
    ["ticket.priority", "at_least", "normal"],
    ["ticket.priority", "at_most", "high"],
    ["ticket.subject", "contains", "lávadora"],
    ["ticket.subject", "contains_any", ["secadora", "ENCIENDE"]],
    ["ticket.labels", "has", "vip"],
    ["ticket.labels", "has_any", ["oro", "garantia"]],
    ["ticket.assignee_id", "empty"],
    ["ticket.reopens", "over", 1],
    ["ticket.overdue", "is", true],
  ];
  const no: [string, string, unknown?][] = [
    ["ticket.priority", "is_not", "high"],
    ["ticket.priority", "at_least", "urgent"],
    ["ticket.priority", "not_in", ["high"]],
    ["ticket.subject", "not_contains", "lavadora"],
    ["ticket.labels", "has_not", "vip"],
    ["ticket.assignee_id", "not_empty"],
    ["ticket.reopens", "under", 2],
    ["ticket.age_minutes", "over", 0],
    ["ticket.overdue", "is", false],
  ];
  for (const [field, operator, value] of yes) {
    assert.equal(ask(field, operator, value), true, `${field} ${operator}`);
  }
  for (const [field, operator, value] of no) {
    assert.equal(ask(field, operator, value), false, `${field} ${operator}`);
  }
});

Deno.test("groups hold when all or any of theirs do, and nothing in all always holds", () => {
  const high = { field: "ticket.priority", operator: "is", value: "high" };
  const low = { field: "ticket.priority", operator: "is", value: "low" };
  assert.equal(holds({ all: [high, { any: [low, high] }] }, FACTS), true);
  assert.equal(holds({ all: [high, low] }, FACTS), false);
  assert.equal(holds({ any: [low] }, FACTS), false);
  assert.equal(holds({ all: [] }, FACTS), true);
  assert.equal(holds({ any: [] }, FACTS), false);
});

Deno.test("an unknown field, operator or value is named by its path, and so is a field that is not known there", () => {
  const wrong = (given: unknown) =>
    problemsOf(conditions.parse(given), ["ticket", "time"]).map(({ path }) => path.join("."));
  assert.deepEqual(
    wrong({
      all: [
        { field: "ticket.colour", operator: "is", value: "red" },
        { field: "ticket.priority", operator: "contains", value: "high" },
        { any: [{ field: "ticket.priority", operator: "is", value: "extreme" }] },
        { field: "sla.clock", operator: "is", value: "resolution" },
        { field: "ticket.reopens", operator: "over", value: "2" },
        { field: "ticket.labels", operator: "empty", value: "x" },
        { field: "ticket.priority", operator: "in", value: "high" },
        { field: "__proto__.x", operator: "constructor", value: "x" },
      ],
    }),
    [
      "all.0.field",
      "all.1.operator",
      "all.2.any.0.value",
      "all.3.field",
      "all.4.value",
      "all.5.value",
      "all.6.value",
      "all.7.field",
    ],
  );
  const deep = Array.from({ length: 9 }).reduce<unknown>((inner) => ({ all: [inner] }), { all: [] });
  assert.equal(conditions.safeParse(deep).success, false);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Calendar } from "../../../lib/business-time/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import {
  blockOf,
  fitOf,
  pickAnyway,
  pickFree,
  type Work,
  type Worker,
} from "../../../lib/operators/policy.ts";

/** Monday, 10:00 in Monterrey. */
const NOW = Date.UTC(2026, 0, 5, 16, 0, 0);

interface Given extends Partial<Omit<Worker, "shifts">> {
  readonly hours?: Calendar["hours"];
  readonly daysOff?: Calendar["holidays"];
}

function worker(id: string, { hours = null, daysOff = [], ...given }: Given = {}): Worker {
  return {
    id,
    name: id,
    skills: [],
    languages: ["es"],
    capacity: 4,
    load: 0,
    presence: "online",
    presenceUntil: NOW + MINUTE,
    shifts: { timezone: "America/Monterrey", hours, holidays: daysOff },
    active: true,
    lastAssignedAt: null,
    createdAt: 0,
    ...given,
  };
}

function work(given: Partial<Work> = {}): Work {
  return { now: NOW, teamId: "tea_1", skills: [], language: null, priority: "normal", exclude: [], ...given };
}

const MORNING = { monday: [{ from: "09:00", to: "12:00" }] };
const EVENING = { monday: [{ from: "16:00", to: "20:00" }] };

const BLOCKED: readonly [string, Given, Partial<Work>, string | null][] = [
  ["one who is free", {}, {}, null],
  ["an inactive one", { active: false }, {}, "inactive"],
  ["one who is left out", {}, { exclude: ["a"] }, "excluded"],
  [
    "one without the skill",
    { skills: [{ name: "cobros", level: 5 }] },
    { skills: ["redes"] },
    "skill_missing",
  ],
  ["one with the skill", { skills: [{ name: "redes", level: 1 }] }, { skills: ["redes"] }, null],
  ["one who is away", { presence: "away" }, {}, "away"],
  ["one who is busy", { presence: "busy" }, {}, "busy"],
  ["one whose presence ran out", { presenceUntil: NOW }, {}, "offline"],
  ["one who never came", { presence: "offline", presenceUntil: null }, {}, "offline"],
  ["a full one", { load: 4 }, {}, "full"],
  ["one on the morning shift", { hours: MORNING }, {}, null],
  ["one on the evening shift", { hours: EVENING }, {}, "off_shift"],
  ["one who has the day off", { hours: MORNING, daysOff: [{ date: "2026-01-05" }] }, {}, "off_shift"],
];

for (const [who, given, needs, expected] of BLOCKED) {
  Deno.test(`blockOf says ${expected ?? "nothing"} of ${who}`, () => {
    assert.equal(blockOf(worker("a", given), work(needs)), expected);
  });
}

Deno.test("pickFree takes the one with the largest free share, not the fewest pieces", () => {
  const { worker: chosen } = pickFree(
    [worker("small", { capacity: 2, load: 1 }), worker("large", { capacity: 20, load: 4 })],
    work(),
  );
  assert.equal(chosen?.id, "large");
});

Deno.test("pickFree breaks ties by who waited longest, and says of each other one that it was free", () => {
  const { worker: chosen, candidates } = pickFree([
    worker("a", { lastAssignedAt: NOW - 1000 }),
    worker("b", { lastAssignedAt: NOW - 9000 }),
    worker("c", { lastAssignedAt: NOW - 5000 }),
  ], work());
  assert.equal(chosen?.id, "b");
  assert.deepEqual(candidates.map(({ operator_id, outcome }) => [operator_id, outcome]), [
    ["a", "free"],
    ["b", "chosen"],
    ["c", "free"],
  ]);
});

Deno.test("who speaks the customer's language comes first, but nobody is left out for it", () => {
  const all = [worker("es", { languages: ["es"] }), worker("en", { languages: ["en-GB"], load: 1 })];
  assert.equal(pickFree(all, work({ language: "en-US" })).worker?.id, "en");
  assert.equal(pickFree(all.slice(0, 1), work({ language: "en" })).worker?.id, "es");
});

Deno.test("urgent work goes to who knows it best, ordinary work to who has time", () => {
  const skills = ["redes"];
  const all = [
    worker("expert", { skills: [{ name: "redes", level: 5 }], load: 2 }),
    worker("beginner", { skills: [{ name: "redes", level: 2 }], load: 1 }),
  ];
  assert.equal(pickFree(all, work({ skills, priority: "urgent" })).worker?.id, "expert");
  assert.equal(pickFree(all, work({ skills, priority: "low" })).worker?.id, "beginner");
});

Deno.test("pickAnyway prefers who is on shift and there, takes the skilled as long as there is one", () => {
  const redes = [{ name: "redes", level: 3 }];
  const all = [
    worker("gone", { presence: "offline", skills: redes }),
    worker("over", { load: 6, skills: redes }),
    worker("more", { load: 9, skills: redes }),
    worker("late", { hours: EVENING, skills: redes }),
    worker("idle"),
    worker("left", { active: false, skills: redes }),
  ];
  const { worker: chosen, candidates } = pickAnyway(all, work({ skills: ["redes"] }));
  assert.equal(chosen?.id, "over");
  assert.equal(candidates.find(({ operator_id }) => operator_id === "idle")?.outcome, "skill_missing");
  assert.equal(pickAnyway(all, work({ skills: ["vuelos"] })).worker?.id, "idle");
  assert.equal(pickAnyway([worker("x", { active: false })], work()).worker, null);
});

const anyWorker = fc.record({
  load: fc.nat(6),
  capacity: fc.nat(5),
  presence: fc.constantFrom("online", "away", "busy", "offline"),
  presenceUntil: fc.constantFrom(NOW - 1, NOW + 1),
  active: fc.boolean(),
  hours: fc.constantFrom(null, MORNING, EVENING),
  skills: fc.subarray(["a", "b"]).map((names) => names.map((name) => ({ name, level: 3 }))),
  languages: fc.subarray(["es", "en"]),
  lastAssignedAt: fc.option(fc.nat(3)),
});

Deno.test("pickFree never takes one who is not free and takes one whenever there is one, the best by its own measure", () => {
  fc.assert(fc.property(fc.array(anyWorker, { maxLength: 8 }), fc.subarray(["a", "b"]), (given, skills) => {
    const workers = given.map((one, i) => worker(`opr_${i}`, one as Given));
    const asked = work({ skills, language: "en" });
    const { worker: chosen, candidates } = pickFree(workers, asked);
    const free = workers.filter((one) => blockOf(one, asked) === null);
    assert.equal(chosen === null, free.length === 0);
    assert.equal(candidates.length, workers.length);
    if (chosen === null) return;
    assert.ok(free.some(({ id }) => id === chosen.id));
    const best = Math.max(...free.map((one) => fitOf(one, asked)));
    assert.equal(fitOf(chosen, asked), best);
    const equals = free.filter((one) => fitOf(one, asked) === best);
    const longest = Math.min(...equals.map(({ lastAssignedAt, createdAt }) => lastAssignedAt ?? createdAt));
    assert.equal(chosen.lastAssignedAt ?? chosen.createdAt, longest);
  }));
});

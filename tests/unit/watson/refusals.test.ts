import assert from "node:assert/strict";
import { AppError, type ErrorCode, ERRORS } from "../../../lib/kernel/errors.ts";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { CHOICES } from "../../../lib/words/mod.ts";
import { UNSENT, unsentIn } from "../../../lib/watson/unsent.ts";
import { BY_CODE, BY_PATH, BY_REASON, refusalIn } from "../../../lib/watson/refusals.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../../../lib/${path}`, import.meta.url));
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? "");
const paths: ReadonlySet<string> = new Set(Object.keys(BY_PATH));

/** Where the verbs behind Watson's actions refuse what they are given. */
const REFUSING = [
  "tickets/open.ts",
  "tickets/named.ts",
  "tickets/fields.ts",
  "tickets/list.ts",
  "visits/schedule.ts",
  "visits/agenda.ts",
  "visits/load.ts",
  "notifications/send.ts",
  "notifications/address.ts",
  "reports/named.ts",
  "reports/plan.ts",
];

/** What no action of Watson gives. */
const NEVER_GIVEN = new Set([
  "category_id",
  "contact",
  "custom",
  "follows_id",
  "range",
  "sort",
  "team_id",
  "template",
  "view",
  "columns",
  "filters",
  "group_by",
  "measures",
  "data",
]);

Deno.test("every refusal that an action of Watson can answer has words in Spanish and English", async () => {
  const final = Object.entries(ERRORS).filter(([, { retryable }]) => !retryable).map(([code]) => code);
  assert.deepEqual(Object.keys(BY_CODE).sort(), final.sort());
  const actions = await read("watson/actions.ts");
  const calls = [...actions.matchAll(/call\(ctx, "([a-z.]+)", \{([^}]*)\}/g)];
  assert.deepEqual(calls.map(([, name]) => name).sort(), [
    "notifications.send",
    "reports.named",
    "tickets.list",
    "tickets.open",
    "visits.cancel",
    "visits.reschedule",
    "visits.schedule",
  ]);
  for (const [, name, given = ""] of calls) {
    const keys = all(given, /(?:^|[\s,])([a-z_]+)(?=[,:\s]|$)/gm).filter((key) => key !== "days");
    const shape = Object.keys(TOOLS.find((tool) => tool.name === name)?.input.shape ?? {});
    const named = keys.filter((key) => shape.includes(key));
    assert.ok(named.length > 0, String(name));
    for (const key of named) assert.ok(paths.has(key), `${name} may refuse ${key}`);
  }
  for (const file of REFUSING) {
    const literal = all(await read(file), /(?:invalid|there)\(\s*["`]([a-z_]+)|path: ["`]([a-z_]+)/g)
      .filter((path) => path !== "");
    for (const path of literal) {
      assert.ok(paths.has(path) || NEVER_GIVEN.has(path), `${file} refuses ${path}`);
    }
  }
  const reasons = all(await read("visits/agenda.ts"), /^ {2}([a-z_]+): "[A-Z]/gm);
  assert.ok(reasons.length >= 6);
  for (const reason of reasons) assert.ok(Object.hasOwn(BY_REASON, reason), reason);
});

Deno.test("a refusal in Spanish holds no word of the English one, and tells what is free instead", () => {
  const slots = [{ starts_at: "2026-01-06T16:00:00.000Z" }, { starts_at: "2026-01-06T17:00:00.000Z" }];
  const refusals = [
    ...Object.keys(BY_CODE).map((code) => new AppError(code as ErrorCode, "The English words")),
    ...Object.keys(BY_PATH).map((path) =>
      new AppError("validation_failed", "The English words", {
        errors: [{ path: `${path}.0`, message: "English" }],
      })
    ),
    ...Object.keys(BY_REASON).map((reason) =>
      new AppError("conflict", "The English words", { extra: { reason, free_slots: slots } })
    ),
  ];
  for (const refused of refusals) {
    const told = (locale: "es" | "en") => refusalIn(locale, refused, (at) => new Date(at).toISOString());
    assert.match(told("es"), /^No fue posible: [^A-Z]/);
    assert.doesNotMatch(told("es"), /English|undefined|\b(the|that|is|not|there|with)\b/);
    assert.match(told("en"), /^That was not possible: /);
    assert.notEqual(told("es").slice(17), told("en").slice(24));
    assert.equal(told("es").includes("2026-01-06T17"), "free_slots" in refused.extra);
  }
});

Deno.test("each reason for which a notification is not sent when it is written has words of its own in both languages", async () => {
  const reasons = [
    ...all(await read("notifications/decide.ts"), /"skipped", \{ reason: "([a-z_]+)"/g),
    ...all(await read("notifications/audience.ts"), /"([a-z]+_[a-z_]+)"/g),
  ].filter((reason) => reason !== "in_app");
  assert.ok(new Set(reasons).size >= 9, String(reasons));
  for (const reason of reasons) assert.ok(Object.hasOwn(UNSENT, reason), reason);
  const told = [...Object.keys(UNSENT), "something_else"].flatMap((reason) =>
    (["es", "en"] as const).map((locale) => unsentIn(locale, reason))
  );
  assert.equal(new Set(told).size, told.length);
  assert.doesNotMatch(told.join(" "), /_|undefined/);
});

Deno.test("every choice of the desk is said in both languages, and none by its name with a line in it", () => {
  for (const [name, choices] of Object.entries(CHOICES)) {
    for (const [value, said] of Object.entries(choices)) {
      for (const words of Object.values(said)) assert.doesNotMatch(words, /_|^$/, `${name}.${value}`);
    }
  }
});

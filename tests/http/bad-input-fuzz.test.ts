import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { openForeign } from "./bad-input-foreign.ts";
import { fill, type Route, routesOf } from "./bad-input-routes.ts";

const ROUNDS = 14;
const RUBBISH: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  9007199254740993,
  "",
  " ",
  "\u0000",
  "\ud800",
  "😀".repeat(300),
  "a".repeat(5000),
  "2026-13-45T99:99:99Z",
  "-0",
  "%00",
  "../..",
  "' or 1=1 --",
  "constructor",
  [],
  [[]],
  [null],
  {},
  { __proto__: null, constructor: { prototype: 1 } },
  { toString: 1 },
  Array.from({ length: 3000 }, (_, i) => i),
];

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

/** The sample with some of its fields replaced, left out or added: near enough to pass the first look. */
function spoil(sample: unknown, random: (below: number) => number): unknown {
  const rubbish = () => RUBBISH[random(RUBBISH.length)];
  if (typeof sample !== "object" || sample === null || random(12) === 0) return rubbish();
  if (Array.isArray(sample)) {
    return random(2) === 0 ? [rubbish(), ...sample] : sample.map((one) => spoil(one, random));
  }
  const fields = Object.entries(sample).flatMap(([name, value]): [string, unknown][] => {
    const chance = random(6);
    if (chance === 0) return [];
    if (chance <= 2) return [[name, typeof value === "object" ? spoil(value, random) : rubbish()]];
    return [[name, value]];
  });
  return { ...Object.fromEntries(fields), [`x_${random(9)}`]: rubbish() };
}

/** How the library that judges input would say it. */
const NOT_OURS = /^(Invalid |Too (big|small)|Unrecognized |Expected )/;

Deno.test("no route answers random rubbish with a 500, or with words that are not ours", async () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  const random = randomOf(seed);
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "1000000", RATE_LIMIT_ACTOR: "1000000" } });
  const foreign = await openForeign(h);
  const { workspaceId } = foreign.owner;
  const routes = (await routesOf(h)).filter(({ path }) =>
    path !== "/api/events/stream" && path !== "/api/ws"
  );
  const query = ({ query }: Route) =>
    query.map((name) => `${name}=${encodeURIComponent(asText(RUBBISH[random(RUBBISH.length)]))}`).join("&");
  const ids = ["%00", "..", "%F0%9F%98%80", "a".repeat(64), "a".repeat(300), "%ff", "null", "%2F", "'--"];
  let asked = 0;
  for (const route of routes) {
    for (let round = 0; round < ROUNDS; round++) {
      // A new one each time: routes that end sessions and delete users are among them.
      const admin = await h.person({ workspaceId, platformAdmin: true });
      const token = route.path.startsWith("/api/chat/") ? foreign.visitor.token : admin.token;
      const id = random(3) === 0 || !route.guarded
        ? () => decodeURIComponentOr(ids[random(ids.length)] ?? "")
        : () => foreign.idFor(route.path);
      const path = `${fill(route, id)}?${query(route)}`;
      const body = route.sample === undefined && random(2) === 0
        ? undefined
        : spoil(route.sample ?? {}, random);
      const { status, body: answer } = await h.request(route.method, path, {
        ...(random(6) === 0 ? {} : { token }),
        ...(route.method === "GET" || body === undefined ? {} : { body: JSON.stringify(body) }),
        address: `192.0.2.${random(250)}`,
      });
      asked++;
      const fine = status < 500 || answer.code === "not_configured";
      assert.ok(
        fine,
        `FUZZ_SEED=${seed} ${route.name} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer)}`,
      );
      for (const { path: at, message } of answer?.errors ?? []) {
        assert.doesNotMatch(message, NOT_OURS, `FUZZ_SEED=${seed} ${route.name} ${at}`);
      }
    }
  }
  assert.ok(asked > 800);
});

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)).toWellFormed();

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { settingsProblems, wranglerProblems } from "../../tools/deploy-check.ts";
import { EDGE_SETTINGS } from "../../tools/deploy-settings.ts";
import { wranglerDryRun } from "../../tools/wrangler.ts";
import { edgeBundle } from "../support/edge.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUILT = new Set([join(ROOT, "dist/edge/edge.js")]);
const GOOD = {
  PUBLIC_URL: "https://cauce.example.com",
  DATABASE_URL: "libsql://cauce.turso.io",
  DATABASE_AUTH_TOKEN: "token",
  JWT_SECRET: "s".repeat(32),
  ENCRYPTION_KEY: btoa("k".repeat(32)),
  QSTASH_TOKEN: "token",
  QSTASH_CURRENT_SIGNING_KEY: "sig_1",
  QSTASH_NEXT_SIGNING_KEY: "sig_2",
};

Deno.test("deploy:check takes our wrangler.jsonc and says what is wrong with a bad one", async () => {
  const ours = await Deno.readTextFile(join(ROOT, "deploy/edge/wrangler.jsonc"));
  assert.deepEqual(wranglerProblems(ours, BUILT), []);
  const bad = ours.replace("nodejs_compat", "nothing").replace('"CAUCE_ENV"', '"JWT_SECRET"')
    .replace("2026-07-30", "2024-01-01").replace("edge.js", "other.js");
  const problems = wranglerProblems(bad, BUILT).join("\n");
  for (const word of ["main:", "compatibility_date:", "nodejs_compat", "JWT_SECRET is a secret"]) {
    assert.ok(problems.includes(word), `${word} in ${problems}`);
  }
});

Deno.test("deploy:check names every missing secret, what is none, and what can't work at the edge", () => {
  assert.deepEqual(settingsProblems(GOOD), []);
  const required = EDGE_SETTINGS.filter(({ required }) => required).map(({ name }) => name);
  const missing = settingsProblems({}).join("\n");
  for (const name of required) assert.ok(missing.includes(`${name}: is missing`), name);
  const wrong = settingsProblems({
    ...GOOD,
    DATABASE_URL: "file:x.db",
    REDIS_URL: "redis://x",
    NOT_ONE: "1",
  });
  assert.match(wrong.join("\n"), /NOT_ONE: is no setting/);
  assert.match(wrong.join("\n"), /DATABASE_URL: must be libsql/);
  assert.match(wrong.join("\n"), /REDIS_URL: needs sockets/);
});

Deno.test("wrangler itself takes our project and makes the upload, without an account and without sending it", async () => {
  const bundle = await edgeBundle();
  const folder = await Deno.makeTempDir({ prefix: "cauce-deploy-" });
  try {
    const path = join(folder, "wrangler.jsonc");
    const ours = await Deno.readTextFile(join(ROOT, "deploy/edge/wrangler.jsonc"));
    await Deno.writeTextFile(path, ours.replaceAll("../../dist/edge", bundle.folder));
    const dry = await wranglerDryRun(path);
    assert.deepEqual(dry?.problems, []);
    const bytes = (dry?.gzipKilobytes ?? 0) * 1024;
    assert.ok(Math.abs(bytes - bundle.gzipBytes) < bundle.gzipBytes / 10, `${bytes} of ${bundle.gzipBytes}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("wrangler's dry run says what is wrong with a project that can't be deployed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-deploy-" });
  try {
    const path = join(folder, "wrangler.jsonc");
    await Deno.writeTextFile(
      path,
      JSON.stringify({ name: "x", main: "absent.js", compatibility_date: "2026-07-30" }),
    );
    const refused = await wranglerDryRun(path);
    assert.equal(refused?.gzipKilobytes, null);
    assert.match(refused?.problems.join("\n") ?? "", /wrangler: .*absent\.js/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { ConfigError, loadConfig } from "../../lib/config.ts";

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (thrown) {
    assert.ok(thrown instanceof ConfigError);
    return thrown.problems;
  }
}

Deno.test("loadConfig takes the order of the ways to mail, and lists all that is wrong with it", () => {
  const keys = { SMTP_HOST: "mail.example", RESEND_API_KEY: "re_1" };
  const orderOf = (env: Record<string, string>) => loadConfig(env).config.mail.providers;
  assert.deepEqual(orderOf({}), []);
  assert.deepEqual(orderOf(keys), ["smtp", "resend"]);
  assert.deepEqual(orderOf({ RESEND_API_KEY: "re_1" }), ["resend"]);
  assert.deepEqual(orderOf({ ...keys, MAIL_PROVIDERS: "resend, smtp" }), ["resend", "smtp"]);
  assert.deepEqual(orderOf({ ...keys, MAIL_PROVIDERS: "smtp" }), ["smtp"], "what is left out is not used");
  assert.deepEqual(
    problemsOf({ SMTP_HOST: "mail.example", MAIL_PROVIDERS: "smtp,pigeon,smtp,resend,smtp", PORT: "x" })
      .filter((line) => line.startsWith("MAIL_PROVIDERS")),
    [
      'MAIL_PROVIDERS: "smtp" is named twice: name each once, in the order to try them',
      'MAIL_PROVIDERS: "pigeon" is no way to mail: smtp and resend are',
      'MAIL_PROVIDERS: "resend" is not configured: set RESEND_API_KEY, or leave it out',
    ],
  );
});

Deno.test("loadConfig reads the other settings when one can't be read, and says nothing of it twice", () => {
  const mailbox = "imap://u:p@mail.example";
  assert.deepEqual(problemsOf({ PORT: "x", IMAP_MORE: mailbox }).map((line) => line.split(":")[0]), ["PORT"]);
  const problems = problemsOf({ UPSTASH_REDIS_REST_URL: "nowhere", UPSTASH_REDIS_REST_TOKEN: "t" });
  assert.deepEqual(problems.map((line) => line.split(":")[0]), ["UPSTASH_REDIS_REST_URL"]);
});

import assert from "node:assert/strict";
import { ConfigError, loadConfig } from "../../lib/config.ts";

const KEY = btoa("k".repeat(32));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (thrown) {
    assert.ok(thrown instanceof ConfigError);
    return thrown.problems;
  }
}

Deno.test("loadConfig needs nothing in development", () => {
  const { config, warnings } = loadConfig({});
  assert.equal(config.env, "development");
  assert.deepEqual(config.database, { kind: "file", path: "./data/cauce.db" });
  assert.equal(config.server.port, 8000);
  assert.equal(config.identity.accessTokenTtlMs, 900_000);
  assert.deepEqual(config.llm.chain, []);
  assert.deepEqual(warnings, []);
});

Deno.test("loadConfig lists every problem at once", () => {
  const problems = problemsOf({
    PORT: "many",
    JWT_SECRET: "short",
    ENCRYPTION_KEY: "abc",
    REDIS_URL: "http://x",
    DATABASE_URL: "postgres://x/y",
    LLM_CHAIN: "nobody:x",
    S3_ENDPOINT: "https://s3.example",
    TRUSTED_PROXIES: "10.0.0.0/8, proxy.example, 10.0.0.0/99",
    CORS_ORIGINS: "https://shop.example/, shop.example, https://shop.example/path",
    UPSTASH_REDIS_REST_TOKEN: "t",
  });
  for (
    const name of [
      "PORT",
      "JWT_SECRET",
      "ENCRYPTION_KEY",
      "REDIS_URL",
      "DATABASE_URL",
      "LLM_CHAIN",
      "S3_BUCKET",
      "TRUSTED_PROXIES",
      "CORS_ORIGINS",
      "UPSTASH_REDIS_REST_URL",
    ]
  ) {
    assert.ok(problems.some((line) => line.startsWith(`${name}:`)), `${name} in ${problems.join(" | ")}`);
  }
  for (const bad of ["proxy.example", "10.0.0.0/99", "shop.example", "https://shop.example/path"]) {
    assert.equal(problems.filter((line) => line.includes(`"${bad}"`)).length, 1, bad);
  }
});

Deno.test("loadConfig takes proxies as addresses and ranges, and origins as a browser writes them", () => {
  const { server } = loadConfig({
    TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/8,::1,fd00::/8",
    CORS_ORIGINS: "https://Shop.example/, http://localhost:3000, *",
  }).config;
  assert.deepEqual(server.trustedProxies, ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]);
  assert.deepEqual(server.corsOrigins, ["https://shop.example", "http://localhost:3000", "*"]);
});

Deno.test("loadConfig names what a first start in production lacks together with the rest", () => {
  const first = (environment: Record<string, string>) => {
    try {
      loadConfig({ CAUCE_ENV: "production", ...environment }, { hasFile: () => false });
      return [];
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      return thrown.problems.map((line) => line.split(":")[0]);
    }
  };
  assert.deepEqual(first({ PORT: "x" }), ["PORT", "JWT_SECRET", "ENCRYPTION_KEY", "ADMIN_PASSWORD"]);
  assert.deepEqual(first({ ADMIN_PASSWORD: "p", PORT: "x" }), ["PORT", "JWT_SECRET", "ENCRYPTION_KEY"]);
});

Deno.test("loadConfig refuses production without secrets", () => {
  assert.deepEqual(problemsOf({ CAUCE_ENV: "production" }).map((line) => line.split(":")[0]), [
    "JWT_SECRET",
    "ENCRYPTION_KEY",
  ]);
  assert.deepEqual(
    problemsOf({ CAUCE_ENV: "production", JWT_SECRET: "s".repeat(32), ENCRYPTION_KEY: KEY }),
    [],
  );
});

Deno.test("loadConfig understands old names with a warning, the new name wins", () => {
  const old = loadConfig({
    SECRET_KEY: "o".repeat(32),
    ENVIRONMENT: "prod",
    ENCRYPTION_KEY: KEY,
    SMTP_PASSWORD: "p",
    SMTP_HOST: "h",
  });
  assert.equal(old.config.env, "production");
  assert.deepEqual(old.config.identity.jwtSecrets, ["o".repeat(32)]);
  assert.equal(old.config.mail.smtp?.pass, "p");
  assert.equal(old.warnings.length, 3);
  const both = loadConfig({ JWT_SECRET: "n".repeat(32), JWT_SECRET_KEY: "o".repeat(32) });
  assert.deepEqual(both.config.identity.jwtSecrets, ["n".repeat(32)]);
});

Deno.test("loadConfig reads an old sqlite address and refuses Postgres and MySQL with what to use", () => {
  const { config, warnings } = loadConfig({ DATABASE_URL: "sqlite:///./x.db" });
  assert.deepEqual(config.database, { kind: "file", path: "./x.db" });
  assert.equal(warnings.length, 1);
  assert.deepEqual(
    loadConfig({ DATABASE_URL: "sqlite+aiosqlite:///./x.db" }).config.database,
    config.database,
  );
  for (const scheme of ["postgres", "postgresql", "mysql"]) {
    assert.match(problemsOf({ DATABASE_URL: `${scheme}://u:p@h/d` }).join(), /libsql:\/\//);
  }
});

Deno.test("loadConfig never repeats a secret in a problem", () => {
  const problems = problemsOf({
    DATABASE_URL: "postgres://user:hunter2@host/db",
    JWT_SECRET: "tooshortsecret",
  }).join();
  assert.doesNotMatch(problems, /hunter2|tooshortsecret/);
});

Deno.test("LLM_CHAIN is split at the first colon, its default is the configured providers in their order", () => {
  const keys = { OPENAI_API_KEY: "k", GEMINI_API_KEY: "k", OLLAMA_BASE_URL: "http://127.0.0.1:11434/v1" };
  assert.deepEqual(loadConfig(keys).config.llm.chain.map(({ provider }) => provider), [
    "gemini",
    "openai",
    "ollama",
  ]);
  assert.deepEqual(loadConfig({ ...keys, LLM_CHAIN: "ollama:llama3:8b, openai" }).config.llm.chain, [
    { provider: "ollama", model: "llama3:8b" },
    { provider: "openai", model: "gpt-4o-mini" },
  ]);
});

Deno.test("LLM_RPM sets a provider's minute cap, takes it away with 0, and refuses what is neither", () => {
  const keys = { OPENAI_API_KEY: "k", GEMINI_API_KEY: "k", XAI_API_KEY: "k" };
  const { providers } = loadConfig({ ...keys, LLM_RPM: "gemini:1000, openai:0" }).config.llm;
  assert.deepEqual(providers.map(({ name, requestsPerMinute }) => [name, requestsPerMinute]), [
    ["gemini", 1000],
    ["openai", null],
    ["xai", undefined],
  ]);
  assert.equal(problemsOf({ ...keys, LLM_RPM: "gemini, nobody:3, openai:many" }).length, 3);
});

Deno.test("loadConfig names the address that a compatible provider needs beside its key", () => {
  assert.match(problemsOf({ COMPATIBLE_API_KEY: "k" }).join(), /COMPATIBLE_BASE_URL: must be set/);
  assert.deepEqual(problemsOf({ COMPATIBLE_API_KEY: "k", COMPATIBLE_BASE_URL: "http://127.0.0.1:9/v1" }), []);
});

const NUMBER = {
  WHATSAPP_APP_SECRET: "s".repeat(32),
  WHATSAPP_VERIFY_TOKEN: "verify",
  WHATSAPP_ACCESS_TOKEN: "EAAGsecret",
  WHATSAPP_PHONE_NUMBER_ID: "106540352242922",
  WHATSAPP_BUSINESS_ACCOUNT_ID: "102290129340398",
};

Deno.test("the WhatsApp number of the environment is whole, or nothing, or a problem that names what is missing", () => {
  assert.equal(loadConfig({}).config.whatsapp, null);
  assert.deepEqual(loadConfig({}).config.graph, { url: "https://graph.facebook.com", version: "v25.0" });
  assert.equal(loadConfig(NUMBER).config.whatsapp?.phoneNumberId, "106540352242922");
  for (const name of Object.keys(NUMBER)) {
    const problems = problemsOf({ ...NUMBER, [name]: "" });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", new RegExp(`^${name}: must be set with `));
    assert.doesNotMatch(problems.join(), /EAAGsecret|s{32}/);
  }
});

Deno.test("the WhatsApp settings refuse a phone in place of Meta's id, an odd version, and a Graph in the clear", () => {
  const starts = (env: Record<string, string>) => problemsOf(env).map((line) => line.split(":")[0]);
  assert.deepEqual(starts({ ...NUMBER, WHATSAPP_PHONE_NUMBER_ID: "+52 1 55 1111" }), [
    "WHATSAPP_PHONE_NUMBER_ID",
  ]);
  assert.deepEqual(starts({ WHATSAPP_GRAPH_VERSION: "25" }), ["WHATSAPP_GRAPH_VERSION"]);
  assert.deepEqual(starts({ WHATSAPP_GRAPH_URL: "http://graph.example" }), ["WHATSAPP_GRAPH_URL"]);
  assert.deepEqual(starts({ WHATSAPP_GRAPH_URL: "http://127.0.0.1:8081" }), []);
});

Deno.test("QStash's settings come together and with PUBLIC_URL, or each one that is missing is named", () => {
  const all = {
    QSTASH_TOKEN: "t",
    QSTASH_CURRENT_SIGNING_KEY: "sig_a",
    QSTASH_NEXT_SIGNING_KEY: "sig_b",
    PUBLIC_URL: "https://shop.example/",
  };
  assert.equal(loadConfig({ PUBLIC_URL: all.PUBLIC_URL }).config.qstash, null);
  assert.deepEqual(loadConfig(all).config.qstash, {
    url: "https://qstash.upstash.io",
    token: "t",
    currentSigningKey: "sig_a",
    nextSigningKey: "sig_b",
    publicUrl: "https://shop.example",
  });
  for (const name of Object.keys(all)) {
    const { [name as keyof typeof all]: _, ...rest } = all;
    const problems = problemsOf(rest);
    assert.equal(problems.length, 1, name);
    assert.ok(problems[0]?.startsWith(`${name}: must be set with`), problems.join());
  }
});

Deno.test("more mailboxes are addresses, and what is wrong with one is said without its words", () => {
  const more = "imap://ventas%40x.example:a%2Cb@mail.x.example, imap://taller:p@[::1]:143";
  const { mailIn } = loadConfig({ IMAP_MORE: more, MAIL_INBOX: "hola@x.example" }).config;
  assert.equal(mailIn.imap, null);
  assert.deepEqual(mailIn.mailboxes, [
    { host: "mail.x.example", port: 993, user: "ventas@x.example", pass: "a,b", oauth: null },
    { host: "::1", port: 143, user: "taller", pass: "p", oauth: null },
  ]);
  for (
    const wrong of [
      "secreto",
      "https://a:secreto@x.example",
      "imap://a@x.example",
      "imap://a:%E0%A4%A@x.example",
    ]
  ) {
    assert.deepEqual(problemsOf({ IMAP_MORE: wrong }), [
      "IMAP_MORE: number 1 must be imap://user:password@host:port",
    ]);
  }
});

Deno.test("a mailbox takes access tokens in the place of a password; where they are given is known for some servers", () => {
  const account = {
    IMAP_HOST: "imap.gmail.com",
    IMAP_USER: "soporte@x.example",
    IMAP_OAUTH_CLIENT_ID: "c",
    IMAP_OAUTH_CLIENT_SECRET: "s",
    IMAP_OAUTH_REFRESH_TOKEN: "r",
  };
  const { imap } = loadConfig(account).config.mailIn;
  const tokenUrl = "https://oauth2.googleapis.com/token";
  assert.equal(imap?.pass, null);
  assert.deepEqual(imap?.oauth, { tokenUrl, clientId: "c", clientSecret: "s", refreshToken: "r" });
  const named = {
    ...account,
    IMAP_HOST: "mail.x.example",
    IMAP_OAUTH_TOKEN_URL: "https://sso.x.example/token",
  };
  assert.equal(loadConfig(named).config.mailIn.imap?.oauth?.tokenUrl, "https://sso.x.example/token");
  assert.deepEqual(problemsOf({ ...account, IMAP_HOST: "mail.x.example", IMAP_PASS: "p" }), [
    "IMAP_OAUTH_TOKEN_URL: must be set, since the one of mail.x.example is not known",
    "IMAP_PASS: can't be set with IMAP_OAUTH_REFRESH_TOKEN",
  ]);
  const [missing] = problemsOf({ ...account, IMAP_OAUTH_REFRESH_TOKEN: "" });
  assert.match(missing ?? "", /^IMAP_OAUTH_REFRESH_TOKEN: must be set with/);
});

Deno.test("a mailbox's settings come together, or each one that is missing is named; its address is where answers go", () => {
  const account = { IMAP_HOST: "imap.x.example", IMAP_USER: "Soporte@x.example", IMAP_PASS: "p" };
  const { mailIn } = loadConfig(account).config;
  assert.deepEqual(mailIn.imap, {
    host: "imap.x.example",
    port: 993,
    user: "Soporte@x.example",
    pass: "p",
    oauth: null,
  });
  assert.equal(mailIn.inbox, "soporte@x.example");
  const named = loadConfig({ ...account, IMAP_PORT: "143", MAIL_INBOX: "ayuda@x.example" }).config.mailIn;
  assert.deepEqual([named.imap?.port, named.inbox], [143, "ayuda@x.example"]);
  assert.equal(loadConfig({}).config.mailIn.imap, null);
  assert.deepEqual(problemsOf({ IMAP_USER: "u" }), [
    "IMAP_HOST: must be set with IMAP_USER",
    "IMAP_PASS: must be set with IMAP_USER",
  ]);
});

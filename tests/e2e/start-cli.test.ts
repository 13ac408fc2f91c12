import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ADMIN_PASSWORD,
  type Refusal,
  runCli,
  signIn,
  startServer,
  temporaryFolder,
} from "../support/server.ts";

const json = ({ code, output, errors }: Refusal) => {
  assert.equal(code, 0, errors);
  return JSON.parse(output);
};

Deno.test("the command line works beside the running server and without one, and a backup brings everything back", async () => {
  await using folder = await temporaryFolder();
  const options = { data: join(folder.path, "data"), env: { ADMIN_PASSWORD } };
  const cauce = (...args: string[]) => runCli(args, options);
  const server = await startServer(options);

  const added = json(
    await cauce("knowledge", "add", "--title", "¿Abren?", "--body", "Sí, a las nueve.", "--json"),
  );
  const token = await signIn(server.url);
  const seen = await fetch(`${server.url}/api/knowledge/entries/${added.id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.deepEqual([seen.status, (await seen.json()).title], [200, "¿Abren?"]);

  const backup = json(await cauce("backup", "--json"));
  assert.equal(backup.reason, "manual");
  const { data: backups } = json(await cauce("backup", "list", "--json"));
  assert.deepEqual(backups.map(({ id }: { id: string }) => id), [backup.id], "listing makes none");
  const unfit = await cauce("setup", "--timezone", "Mars/Base");
  assert.equal(unfit.code, 1);
  assert.match(unfit.errors, /^--timezone: must be a time zone such as .* \(validation_failed\)$/m);
  const health = await cauce("health", server.url);
  assert.match(health.output, /^healthy/);

  const refused = await cauce("restore", backup.id);
  assert.equal(refused.code, 1);
  assert.match(refused.errors, new RegExp(`in use by process ${server.pid}\\b`));
  json(await cauce("knowledge", "remove", "--id", added.id, "--json"));
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);

  const list = async () => {
    const { data } = json(await cauce("knowledge", "list", "--limit", "200", "--json"));
    return data.filter(({ id }: { id: string }) => id === added.id).length;
  };
  assert.equal(await list(), 0, "without a server, from the file");
  const restored = json(await cauce("restore", backup.id, "--json"));
  assert.equal(restored.restored, backup.id);
  assert.equal(await list(), 1, "what was removed after the backup is back");

  const again = await startServer(options);
  assert.ok((await signIn(again.url)).length > 20);
  again.signal("SIGTERM");
  assert.equal(await again.ended, 0);
});

Deno.test("wrong flags, values, nouns and names are told on standard error, with an exit code", async () => {
  await using folder = await temporaryFolder();
  const options = { data: join(folder.path, "data"), env: {} };
  const tries: [string[], number, RegExp][] = [
    [
      ["knowledge", "list", "--limit", "dos"],
      1,
      /^--limit: must be a number, not "dos" \(validation_failed\)\n$/,
    ],
    [["knowledge", "list", "--nonsense"], 1, /Unknown option '--nonsense'/],
    [["knowledge", "add"], 1, /Give --title/],
    [["knowledge", "fly"], 2, /There is no "knowledge fly"/],
    [["bicycle", "ride"], 2, /There is no "bicycle"/],
    [["setup", "--name", "x"], 1, /no workspace "default" yet: the first start makes it/],
    [["restore", "latest"], 1, /There is no backup in /],
    [["restore", "nope"], 1, /There is no backup with the id "nope"/],
    [["health", "http://127.0.0.1:1"], 1, /Nothing answers at http:\/\/127\.0\.0\.1:1/],
    [["reset"], 1, /say: reset --yes/],
  ];
  const answers = await Promise.all(tries.map(([args]) => runCli(args, options)));
  for (const [i, [args, code, words]] of tries.entries()) {
    const answer = answers[i];
    assert.equal(answer?.code, code, `${args.join(" ")}: ${answer?.output}${answer?.errors}`);
    assert.match(answer?.errors.replace(/^Warning .*\n/, "") ?? "", words);
    assert.equal(answer?.output, "", args.join(" "));
  }
  const told = await runCli(["knowledge", "list", "--limit", "dos", "--json"], options);
  const problem = JSON.parse(told.errors.trim().split("\n").at(-1) ?? "");
  assert.deepEqual([problem.code, problem.errors[0].path], ["validation_failed", "--limit"]);
  const help = await runCli(["knowledge", "add", "--help"], options);
  assert.equal(help.code, 0);
  assert.match(help.output, /--title <string>\s+\(required\)/);
});

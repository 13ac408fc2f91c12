import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

Deno.test("generating migrations from the schema gives nothing new", async () => {
  const copy = await Deno.makeTempDir({ dir: ROOT, prefix: ".migrations-" });
  try {
    await copyFolder(join(ROOT, "db/migrations"), copy);
    const before = [...Deno.readDirSync(copy)].length;
    const name = copy.split("/").at(-1) ?? "";
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "npm:drizzle-kit@0.31.11",
        "generate",
        "--dialect=sqlite",
        "--schema=./db/schema/*.ts",
        `--out=./${name}`,
      ],
      cwd: ROOT,
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.match(said, /No schema changes/);
    assert.equal([...Deno.readDirSync(copy)].length, before);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});

Deno.test("migrations keep out what would end other people's transactions", () => {
  for (const { name } of Deno.readDirSync(join(ROOT, "db/migrations"))) {
    if (!name.endsWith(".sql")) continue;
    const sql = Deno.readTextFileSync(join(ROOT, "db/migrations", name));
    assert.doesNotMatch(
      sql,
      /on\s+conflict\s+rollback|raise\s*\(\s*rollback|deferrable\s+initially\s+deferred/i,
      name,
    );
  }
});

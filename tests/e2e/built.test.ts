import assert from "node:assert/strict";
import { join } from "node:path";
import { buildServer, SOURCES } from "../../tools/build-server.ts";
import { eventually } from "../support/eventually.ts";
import { ADMIN_PASSWORD, signIn, startServer, temporaryFolder } from "../support/server.ts";
import { makePdf } from "../unit/knowledge/pdf-file.ts";

Deno.test("a build of the same sources is the same file, made once", async () => {
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => buildServer("main")));
  const text = await Deno.readTextFile(first ?? "");
  const built = new URL(/"(.+)"/.exec(text)?.[1] ?? "", `file://${first}`);
  const made = (await Deno.stat(built)).mtime;
  assert.equal(await buildServer("main"), first);
  assert.deepEqual([...new Set(others)], [first]);
  assert.deepEqual((await Deno.stat(built)).mtime, made);
});

Deno.test("the built server finds what it loads late: pages, packages and the programs of its children", async () => {
  await using folder = await temporaryFolder();
  const server = await startServer({ data: join(folder.path, "data"), env: { ADMIN_PASSWORD } });
  const headers = { authorization: `Bearer ${await signIn(server.url)}` };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      ...init,
      headers: {
        ...headers,
        ...(typeof init.body === "string" ? { "content-type": "application/json" } : {}),
      },
    });

  for (const name of ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"]) {
    const file = await ask(`/assets/vendor/${name}`);
    assert.deepEqual([name, file.status, (await file.arrayBuffer()).byteLength > 50_000], [name, 200, true]);
  }
  assert.match(await (await ask("/chat")).text(), /<html/i);

  const form = new FormData();
  form.append("file", new Blob([makePdf(["La bomba se purga cada mes."], "Guia")]), "guia.pdf");
  const read = await ask("/api/knowledge/entries/import", { method: "POST", body: form });
  assert.deepEqual([read.status, (await read.json()).created], [201, 1]);

  const report = await ask("/api/reports/conversations?format=pdf");
  assert.match(await report.text(), /^%PDF-1/);

  const submitted = await ask("/api/high-scale-tasks/submit", {
    method: "POST",
    body: JSON.stringify({ function_name: "math.sqrt", args: [16], worker_type: "CPU_INTENSIVE" }),
  });
  const { task_id } = await submitted.json();
  const result = await eventually("the task is done", async () => {
    const task: { state: string; result?: unknown } =
      await (await ask(`/api/high-scale-tasks/tasks/${task_id}`)).json();
    return task.state === "done" ? task.result : null;
  });
  assert.equal(result, 4);
  server.signal("SIGTERM");
  assert.equal(await server.ended, 0);
});

Deno.test("a change of any module that the programs load makes them anew", async () => {
  const root = new URL("../../", import.meta.url);
  const modulesOf = async (program: string) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", program],
      cwd: root,
    })
      .output();
    const graph: { modules: { specifier: string }[] } = JSON.parse(new TextDecoder().decode(stdout));
    return graph.modules.flatMap(({ specifier }) =>
      specifier.startsWith(root.href) ? [specifier.slice(root.href.length)] : []
    );
  };
  const own = [...new Set((await Promise.all(["main.ts", "workers/main.ts"].map(modulesOf))).flat())];
  assert.ok(own.length > 300);
  const watched = (path: string) => SOURCES.some((one) => path === one || path.startsWith(`${one}/`));
  assert.deepEqual(own.filter((path) => !watched(path)), ["root.ts"], "which stays outside the bundle");
});

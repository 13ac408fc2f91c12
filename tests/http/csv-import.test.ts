import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";

const LINES = "\ufeffid;nombre\nA1;Panadería Ñandú\n;Sin id\n";

Deno.test("a CSV file is taken as the body itself, in UTF-8 or as old programs write it, and a strange type is told what is taken", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const send = (path: string, body: BodyInit, type: string) =>
    h.request("POST", path, { token, body, headers: { "content-type": type } });
  const taken = await send("/api/clients/import", LINES, "text/csv; charset=utf-8");
  const { created, failed, errors } = taken.body;
  assert.deepEqual(
    [taken.status, created, failed, errors[0]?.line],
    [200, 1, 1, 3],
    JSON.stringify(taken.body),
  );
  const latin = Uint8Array.from("id;nombre\nA2;Panadería\n", (char) => char.charCodeAt(0));
  assert.equal((await send("/api/clients/import", latin, "text/csv")).body.created, 1);
  const { body } = await h.request("GET", "/api/clients", { token });
  const names = body.data.map(({ name }: { name: string }) => name).sort();
  assert.deepEqual(names, ["Panadería", "Panadería Ñandú"]);
  const calls = "direction,started_at\nin,2026-01-05T15:00:00Z\n";
  assert.equal((await send("/api/calls/import", calls, "text/csv")).body.created, 1);
  const strange = await send("/api/calls/import", calls, "application/vnd.ms-excel");
  assert.equal(strange.status, 415);
});

Deno.test("an import takes what Excel says of its cells and lines of two encodings, and says plainly what it can't take", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const send = async (path: string, body: BodyInit) =>
    (await h.request("POST", path, { token, body, headers: { "content-type": "text/csv" } })).body;
  const utf8 = [...new TextEncoder().encode("sep=;\nid;nombre\nA1;Ñandú, S.L.\n")];
  const latin = [..."A2;Peña\nA3\nA4;x;y\n"].map((letter) => letter.charCodeAt(0));
  const taken = await send("/api/clients/import", Uint8Array.from([...utf8, ...latin]));
  assert.equal(taken.created, 2);
  assert.deepEqual(taken.errors, [
    { line: 5, column: "nombre", message: "must not be empty" },
    { line: 6, column: null, message: "has 3 cells, the header 2" },
  ]);
  const { body } = await h.request("GET", "/api/clients", { token });
  assert.deepEqual(body.data.map(({ name }: { name: string }) => name).sort(), ["Peña", "Ñandú, S.L."]);
  const twice = await send("/api/clients/import", "id,nombre,Name\nA9,Uno,Dos\n");
  assert.match(twice.detail, /two columns that say the same: "nombre" and "Name"/);
  assert.match((await send("/api/clients/import", "PK\x03\x04xx\n\n")).detail, /save it as CSV/);
  const calls = await send(
    "/api/calls/import",
    "direction,started_at,duration\nin,2026-01-05T15:00:00Z,-1\n",
  );
  assert.deepEqual(calls.errors, [{ line: 2, column: "duration", message: "must be 0 or more" }]);
});

Deno.test("a CSV file has the same most of bytes as the body itself and in a form", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const file = new Uint8Array(25 * 1024 * 1024 + 1);
  const form = new FormData();
  form.set("file", new File([file], "clientes.csv"));
  const bodies = [
    await h.request("POST", "/api/clients/import", { token, body: form }),
    await h.request("POST", "/api/clients/import", {
      token,
      body: file,
      headers: { "content-type": "text/csv" },
    }),
  ];
  assert.deepEqual(
    bodies.map(({ status, body }) => [status, body.max_bytes]),
    [[413, 25 * 1024 * 1024], [413, 25 * 1024 * 1024]],
  );
});

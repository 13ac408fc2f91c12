import assert from "node:assert/strict";
import { ACTIONS } from "../../lib/watson/mod.ts";
import { harness } from "../support/harness.ts";

// deno-lint-ignore no-explicit-any -- the document is asked for whatever the rules name
type Document = any;

async function documentOf(): Promise<Document> {
  await using h = await harness({ env: { PUBLIC_URL: "https://cauce.example.com/" } });
  const { token } = await h.person();
  const { status, body } = await h.request("GET", "/openapi/orchestrate.json", { token });
  assert.equal(status, 200);
  return body;
}

const operationsOf = (document: Document) =>
  Object.entries<Document>(document.paths).flatMap(([path, item]) =>
    Object.entries<Document>(item).map(([method, operation]) => ({ path, method, operation }))
  );

Deno.test("the document for Orchestrate is for whoever is signed in", async () => {
  await using h = await harness();
  assert.equal((await h.request("GET", "/openapi/orchestrate.json")).status, 401);
});

Deno.test("the document for Orchestrate is OpenAPI 3.0 with exactly one server without variables", async () => {
  const { openapi, servers } = await documentOf();
  assert.match(openapi, /^3\.0\.[0-3]$/);
  assert.deepEqual(servers, [{ url: "https://cauce.example.com" }]);
  await using h = await harness({ env: { PORT: "8123" } });
  const { body } = await h.request("GET", "/openapi/orchestrate.json", await h.person());
  assert.deepEqual(body.servers, [{ url: "http://127.0.0.1:8123" }], "without PUBLIC_URL: where it listens");
});

Deno.test("it holds just the tools meant for it, each with a snake_case operationId, a description and a summary", async () => {
  const operations = operationsOf(await documentOf());
  assert.deepEqual(operations.map(({ operation }) => operation.operationId).sort(), [...ACTIONS].sort());
  for (const { operation } of operations) {
    assert.match(operation.operationId, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(operation.description.length > 20 && operation.summary.length > 5);
  }
});

Deno.test("each operation takes and answers JSON, its 200 has a schema and its parameters have one", async () => {
  for (const { operation } of operationsOf(await documentOf())) {
    assert.ok(operation.requestBody.content["application/json"].schema);
    assert.ok(operation.responses["200"].content["application/json"].schema);
    for (const parameter of operation.parameters ?? []) assert.ok(parameter.schema);
  }
});

Deno.test("security names schemes that are defined, and none is empty", async () => {
  const document = await documentOf();
  const known = Object.keys(document.components.securitySchemes);
  for (const { operation } of operationsOf(document)) {
    assert.ok(operation.security.length > 0);
    for (const one of operation.security) {
      assert.ok(Object.keys(one).length > 0);
      for (const name of Object.keys(one)) assert.ok(known.includes(name));
    }
  }
});

Deno.test("schemas are flat and plain: no alternatives, no types of 3.1, references that lead somewhere", async () => {
  const document = await documentOf();
  const text = JSON.stringify(document);
  assert.doesNotMatch(text, /"(oneOf|anyOf|allOf|not|const|\$defs|exclusiveMinimum":\d)"?/);
  const visit = (value: Document): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    if (typeof value.$ref === "string") {
      const found = value.$ref.slice(2).split("/").reduce((at: Document, key: string) => at?.[key], document);
      assert.ok(found, value.$ref);
    }
    if ("type" in value && typeof value.type !== "object") assert.equal(typeof value.type, "string");
    assert.ok(!Array.isArray(value.type), "a list of types is OpenAPI 3.1");
    Object.values(value).forEach(visit);
  };
  visit(document);
});

Deno.test("a tool that takes long declares callbackUrl and what is posted there", async () => {
  const operation = operationsOf(await documentOf()).find(({ operation }) =>
    operation.operationId === "generate_report"
  )
    ?.operation;
  assert.deepEqual(operation.parameters.map(({ name, in: place }: Document) => [name, place]), [[
    "callbackUrl",
    "header",
  ]]);
  assert.ok(
    operation.callbacks.outcome["{$request.header.callbackUrl}"].post.requestBody.content["application/json"],
  );
});

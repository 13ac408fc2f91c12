import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../../lib/kernel/errors.ts";
import { escapeHtml } from "../../../lib/kernel/text.ts";
import { parse, render, variablesOf } from "../../../lib/notifications/render.ts";
import { htmlOf } from "../../../lib/notifications/template.ts";
import { workSince } from "../../support/cpu.ts";

const written = (template: string, data: unknown, escape?: (text: string) => string) =>
  render(parse(template), data, escape);

Deno.test("a template writes names, dotted names, lists, conditions and items", () => {
  const data = {
    name: "Ana",
    visit: { at: "10:00" },
    items: [{ n: 1 }, { n: 2 }],
    tags: ["a", "b"],
    none: [],
  };
  assert.equal(written("Hola {{name}}, {{ visit.at }}", data), "Hola Ana, 10:00");
  assert.equal(written("{{#items}}[{{n}} {{name}}]{{/items}}", data), "[1 Ana][2 Ana]");
  assert.equal(written("{{#tags}}{{.}},{{/tags}}{{^none}}nada{{/none}}", data), "a,b,nada");
  assert.equal(written("{{! nobody reads this }}x{{missing}}y{{visit.no.where}}", data), "xy");
});

Deno.test("sections that multiply end in bounded time, and what goes beyond is cut", () => {
  const data = { a: Array.from({ length: 1000 }, (_, i) => i), long: "x".repeat(60_000) };
  const nested = `${"{{#a}}".repeat(9)}{{long}}${"{{/a}}".repeat(9)}`;
  const worked = workSince();
  assert.ok(written(nested, data).length < 1_000_000);
  assert.ok(written("{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}", data).length === 0);
  assert.ok(worked() < 2000);
});

Deno.test("a template reads own properties only", () => {
  for (const path of ["constructor.name", "toString", "__proto__.x", "items.length"]) {
    assert.equal(written(`{{${path}}}`, { items: { n: 1 } }), "");
  }
});

Deno.test("a template that does not fit together is refused with what is wrong", () => {
  const wrong = [
    "{{#a}}",
    "{{/a}}",
    "{{#a}}{{/b}}",
    "{{a b}}",
    "{{}}",
    "{{{a}}}",
    "{{> part}}",
    "{{a",
    "a}}",
    "{{&a}}",
  ];
  for (const template of wrong) {
    assert.throws(
      () => parse(template, "texts.es.text"),
      (thrown) => thrown instanceof AppError && thrown.errors[0]?.path === "texts.es.text",
      template,
    );
  }
  assert.throws(() => parse("{{#a}}".repeat(11) + "{{/a}}".repeat(11)));
});

Deno.test("the variables of a template are its names at the top", () => {
  assert.deepEqual(
    variablesOf(parse("{{a}} {{b.c}} {{#list}}{{item}}{{/list}}{{^list}}{{d}}{{/list}}{{.}}")),
    [
      "a",
      "b",
      "list",
      "d",
    ],
  );
});

Deno.test("no value gets markup into HTML, whatever it is", () => {
  const html = fc.property(fc.string({ maxLength: 60 }), (value) => {
    const out = written('<b title="{{v}}">{{v}}</b>', { v: value }, escapeHtml);
    const inside = out.slice('<b title="'.length, -"</b>".length);
    assert.ok(!/[<>]/.test(inside.replace('">', "")) && !inside.replace('">', "").includes('"'));
  });
  fc.assert(html, { numRuns: 300 });
});

Deno.test("plain words as HTML keep their paragraphs and make links of addresses only", () => {
  assert.equal(
    htmlOf('a <b>\nc\n\nhttps://x.example/?q=1&r="z'),
    '<p>a &lt;b&gt;<br>c</p>\n<p><a href="https://x.example/?q=1&amp;r=">https://x.example/?q=1&amp;r=</a>&quot;z</p>',
  );
  const link = (href: string) => `<a href="${href}">${href}</a>`;
  assert.equal(
    htmlOf("Vea https://x.example/a. (O https://x.example/b), https://x.example/w_(c)…"),
    `<p>Vea ${link("https://x.example/a")}. (O ${link("https://x.example/b")}), ${
      link("https://x.example/w_(c)")
    }…</p>`,
    "what ends the sentence is no part of the address",
  );
});

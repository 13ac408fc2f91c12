import assert from "node:assert/strict";
import { wordsOfHtml } from "../../../lib/kernel/html-words.ts";

Deno.test("the words of HTML are what a reader sees: letters that were written by name or number, lines, cells and where links go", () => {
  const html = `<html><head><title>No</title><style>p{}</style></head><body><!-- <p>oculto</p> -->
    <p>Caf&eacute; &ntilde;o&Ntilde;o, 10&nbsp;&euro; &#243; &#x1F600; &ldquo;ya&rdquo; &amp;lt; &nada; &#0;&#x110000;</p>
    <ul><li>uno</li><li>dos</li></ul>
    <table><tr><th>Modelo</th><td>H-200</td></tr></table>
    Vea <a href="https://x.example/p?a=1">esto</a> o <a href='https://y.example'>https://y.example</a>.<br>
    <a href="https://z.example/(z)">Vea (https://z.example/(z)).</a><br>
    Una línea
    sola</body></html>`;
  assert.deepEqual(wordsOfHtml(html).split("\n"), [
    "Café ñoÑo, 10 € ó 😀 “ya” &lt; &nada;",
    "",
    "- uno",
    "- dos",
    "Modelo\tH-200",
    "Vea esto (https://x.example/p?a=1) o https://y.example.",
    "Vea (https://z.example/(z)).",
    "Una línea sola",
  ]);
});

Deno.test("HTML that a sender leaves open at every turn is read in time that grows with it alone", () => {
  const openings = ["<!--", "<a href=http:x>", "<style>", "<b", "<", " <b> ", "&#", "</"];
  for (const opening of openings) assert.equal(typeof wordsOfHtml(opening.repeat(100_000)), "string");
  // Each of these took as long as its size squared.
  assert.equal(wordsOfHtml("< ".repeat(2_000_000)).length, 3_999_999);
  const long = "a".repeat(500_000);
  const near = `https:${long.slice(1)}b `.repeat(6);
  assert.ok(
    wordsOfHtml(`<a href="https:${long}">${near}${long.repeat(4)}</a>`).endsWith(`a (https:${long})`),
  );
  assert.equal(wordsOfHtml("a < b <c"), "a < b");
  assert.equal(wordsOfHtml("Hola<script>x"), "Hola");
  assert.equal(wordsOfHtml("<!-- x"), "");
});

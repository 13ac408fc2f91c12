import { byId, h } from "../shared/dom.js";
import { explain, onSubmit } from "./form.js";

/** The test bench: what the assistant would answer from knowledge alone, and why. Nothing is recorded. */
export function createBench({ api, texts }) {
  const box = byId("bench-answer");
  let result = null;

  const percent = (score) => `${Math.round(score * 100)} %`;

  function candidate(hit, threshold) {
    return h(
      "li",
      { class: hit.score >= threshold ? "hit enough" : "hit" },
      h("strong", { dir: "auto" }, hit.title),
      h("span", { class: "score" }, percent(hit.score)),
      hit.matched.length > 0
        ? h("p", { class: "soft" }, texts.say("matched", { words: hit.matched.join(", ") }))
        : null,
      hit.missing.length > 0
        ? h("p", { class: "soft" }, texts.say("missing", { words: hit.missing.join(", ") }))
        : null,
    );
  }

  function draw() {
    if (result === null) return box.replaceChildren();
    if (result.error) return box.replaceChildren(h("p", { class: "trouble" }, explain(texts, result.error)));
    const { answered, answer, reason, threshold, candidates, terms } = result;
    const read = terms.filter((term) => term.read_as !== null).map((term) =>
      `${term.word} → ${term.read_as}`
    );
    box.replaceChildren(
      h("p", { class: `verdict ${answered ? "good" : "bad"}` }, texts.say(`reason_${reason}`)),
      h("blockquote", { dir: "auto" }, answer),
      ...(read.length === 0
        ? []
        : [h("p", { class: "soft" }, texts.say("readAs", { words: read.join(", ") }))]),
      ...(candidates.length === 0 ? [] : [
        h("h4", {}, texts.say("candidates", { least: percent(threshold) })),
        h("ol", {}, candidates.map((hit) => candidate(hit, threshold))),
      ]),
    );
  }

  onSubmit(byId("bench"), {
    async work({ question }) {
      result = await api.post("/api/knowledge/ask", { question: question.value });
      draw();
    },
    onError(error) {
      result = { error };
      draw();
    },
  });

  return {
    draw,
    clear() {
      result = null;
      byId("bench").reset();
      draw();
    },
  };
}

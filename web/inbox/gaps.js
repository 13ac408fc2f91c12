import { byId, h } from "../shared/dom.js";

/** What the bot could not answer, each with one step to teach it. */
export function createGaps({ api, texts, onTrouble }) {
  let questions = [];

  async function load() {
    const page = await api.get("/api/knowledge/unanswered?limit=100");
    const drafts = new Map(
      [...byId("gap-list").querySelectorAll("textarea")].map((field) => [field.dataset.id, field.value]),
    );
    questions = page.data.map((question) => ({ ...question, draft: drafts.get(question.id) ?? "" }));
    draw();
  }

  async function act(question, work) {
    try {
      await work();
      questions = questions.filter(({ id }) => id !== question.id);
      onTrouble(null);
    } catch (error) {
      onTrouble(error);
    }
    draw();
  }

  function item(question) {
    const field = h("textarea", {
      rows: "2",
      maxlength: "4000",
      required: true,
      dataset: { id: question.id },
      "aria-label": texts.say("answerFor", { question: question.question }),
    });
    field.value = question.draft;
    field.addEventListener("input", () => {
      question.draft = field.value;
    });
    const times = question.times === 1 ? texts.say("once") : texts.say("times", { times: question.times });
    return h(
      "li",
      { class: "gap" },
      h("h3", {}, question.question),
      h("p", { class: "soft" }, `${times} · ${texts.ago(question.last_asked_at)}`),
      h(
        "form",
        {
          onsubmit: (event) => {
            event.preventDefault();
            const answer = field.value.trim();
            if (answer !== "") {
              act(question, () => api.post(`/api/knowledge/unanswered/${question.id}/answer`, { answer }));
            }
          },
        },
        field,
        h("button", { type: "submit", class: "button primary" }, texts.say("teach")),
        h("button", {
          type: "button",
          class: "button quiet",
          onclick: () => act(question, () => api.post(`/api/knowledge/unanswered/${question.id}/dismiss`)),
        }, texts.say("dismiss")),
      ),
    );
  }

  function draw() {
    const writing = document.activeElement?.closest("#gap-list textarea");
    const id = writing?.dataset.id;
    const place = writing?.selectionStart ?? 0;
    byId("gap-list").replaceChildren(...questions.map(item));
    const again = [...byId("gap-list").querySelectorAll("textarea")].find((field) => field.dataset.id === id);
    again?.focus();
    again?.setSelectionRange(place, place);
    byId("no-gaps").hidden = questions.length > 0;
    byId("gap-count").hidden = questions.length === 0;
    byId("gap-count").textContent = String(questions.length);
  }

  return { load, draw };
}

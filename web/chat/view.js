import { textWithoutSources } from "../shared/answers.js";
import { byId, h, linked } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { createMedia } from "../shared/media.js";

const WHO = { bot: "assistant", greeting: "assistant", operator: "operator", customer: "you" };

/** Draws the messages of a chat. `actions`: rate(message, helpful), download(attachment), blob(attachment), again(item), drop(item). */
export function createView(texts, actions) {
  const list = byId("messages");
  const scroll = byId("scroll");
  const drawn = new Map();

  function sources(message) {
    return message.sources.map((source) =>
      h(
        "details",
        { class: "source" },
        h("summary", {}, texts.say("source", { title: source.title })),
        h("blockquote", { dir: "auto" }, source.quote),
      )
    );
  }

  function rating(message) {
    if (message.author !== "bot") return null;
    const button = (helpful, sign, word) =>
      h("button", {
        type: "button",
        class: "rate",
        "aria-pressed": String(message.rating?.helpful === helpful),
        "aria-label": texts.say(word),
        title: texts.say(word),
        onclick: () => actions.rate(message, helpful),
      }, icon(sign, 16));
    return h("span", { class: "rating" }, button(true, "up", "helpful"), button(false, "down", "unhelpful"));
  }

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 400;
  const media = createMedia({
    blob: actions.blob,
    save: actions.download,
    onGrow: () => atEnd() && (scroll.scrollTop = scroll.scrollHeight),
  });

  function drawMessage(message) {
    if (message.author === "system") return h("li", { class: "note" }, message.text);
    const who = texts.say(WHO[message.author]);
    return h(
      "li",
      { class: `message ${message.direction} by-${message.author}`, dataset: { id: message.id } },
      h("span", { class: "only-read" }, `${who}: `),
      message.author === "operator" ? h("span", { class: "author", "aria-hidden": "true" }, who) : null,
      h(
        "div",
        { class: "bubble" },
        message.text === "" ? null : h("p", { dir: "auto" }, linked(textWithoutSources(message))),
        message.attachments.flatMap((file) => media.show(file)),
      ),
      sources(message),
      h(
        "div",
        { class: "meta" },
        h("time", { datetime: message.created_at }, texts.time(message.created_at)),
        rating(message),
      ),
    );
  }

  function drawItem(item, trouble) {
    const state = item.refused !== undefined
      ? texts.say("refused", { why: item.refused })
      : texts.say(trouble ? "unsent" : "sending");
    const buttons = item.refused === undefined ? null : [
      h("button", { type: "button", class: "rate", onclick: () => actions.again(item) }, texts.say("again")),
      h("button", { type: "button", class: "rate", onclick: () => actions.drop(item) }, texts.say("drop")),
    ];
    return h(
      "li",
      { class: "message in pending", dataset: { client: item.client_id } },
      h("span", { class: "only-read" }, `${texts.say("you")}: `),
      h("div", { class: "bubble" }, h("p", { dir: "auto" }, linked(item.text))),
      h("div", { class: "meta" }, state, buttons),
    );
  }

  /** To the end; of an answer that is taller than the page, to where it begins. */
  function follow(last) {
    const isLong = last !== null && last.classList.contains("out") && last.offsetHeight > scroll.clientHeight;
    if (isLong) scroll.scrollTop += last.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 8;
    else scroll.scrollTop = scroll.scrollHeight;
  }

  return {
    /** Shows the messages in order, then what is not sent. Untouched ones keep their elements. */
    show(messages, items, { trouble = false } = {}) {
      const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
      const wanted = [];
      let day = "";
      for (const message of messages) {
        const its = texts.day(message.created_at);
        if (its !== day) wanted.push([`day ${its}`, its, () => h("li", { class: "day" }, its)]);
        day = its;
        const mark = `${texts.language} ${message.rating?.helpful} ${message.state}`;
        wanted.push([message.id, mark, () => drawMessage(message)]);
      }
      for (const item of items) {
        const mark = `${texts.language} ${item.refused ?? ""} ${trouble}`;
        wanted.push([item.client_id, mark, () => drawItem(item, trouble)]);
      }
      const kept = new Set(wanted.map(([id]) => id));
      for (const [id, { element }] of drawn) {
        if (kept.has(id)) continue;
        element.remove();
        drawn.delete(id);
      }
      let before = null;
      for (const [id, mark, draw] of wanted) {
        let known = drawn.get(id);
        if (known?.mark !== mark) {
          const element = draw();
          known?.element.replaceWith(element);
          drawn.set(id, known = { mark, element });
        }
        const place = before === null ? list.firstChild : before.nextSibling;
        if (place !== known.element) list.insertBefore(known.element, place);
        before = known.element;
      }
      if (atEnd) follow(before);
    },
    end() {
      scroll.scrollTop = scroll.scrollHeight;
    },
  };
}

import { textWithoutSources } from "../shared/answers.js";
import { byId, h, linked } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { createMedia } from "../shared/media.js";
import { ticks, windowLeft } from "./ticks.js";

const WHO = { bot: "assistant", operator: "operator", customer: "customer" };

/** One conversation: its messages, the reply, and what may be done with it now. */
export function createThread({ api, texts, nameOf, onChange, onTrouble }) {
  let conversation = null;
  let messages = new Map();
  let cursor = null;
  const scroll = byId("scroll");
  const drafts = new Map();

  const toEnd = () => scroll.scrollTop = scroll.scrollHeight;
  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 100;
  /** Whether the last words were in view: what grows above them must not push them out of it. */
  let atEnd = true;
  scroll.addEventListener("scroll", () => atEnd = isAtEnd());
  const media = createMedia({
    blob: (file) => api.blob(`/api/attachments/${file.id}`),
    save: (file) => act(() => api.download(`/api/attachments/${file.id}`, file.name)),
    onGrow: () => atEnd && toEnd(),
  });

  async function act(work) {
    try {
      await work();
      onTrouble(null);
    } catch (error) {
      onTrouble(error);
    }
  }

  let changing = false;

  async function change(verb) {
    if (changing) return; // a key that is held down, or a button that is hit twice, means it once
    changing = true;
    const { id } = conversation;
    await act(async () => onChange(await api.post(`/api/conversations/${id}/${verb}`)));
    changing = false;
  }

  async function load() {
    media.clear();
    await look();
    toEnd();
    await read();
  }

  /** The latest messages; those further up stay, where these reach down to them. */
  async function look() {
    const { id } = conversation;
    const known = new Set(messages.keys());
    marks.clear();
    const page = await api.get(`/api/conversations/${id}/messages?limit=50`);
    if (conversation?.id !== id) return;
    if (!page.data.some((message) => known.has(message.id))) {
      for (const old of known) messages.delete(old);
      cursor = page.next_cursor;
    }
    // The stream may have told of a message while the page was on its way.
    for (const message of page.data) messages.set(message.id, { ...message, ...marks.get(message.id) });
    draw();
  }

  async function read() {
    if (conversation === null || conversation.unread === 0 || document.visibilityState === "hidden") return;
    await api.post(`/api/conversations/${conversation.id}/read`).then(onChange, () => {});
  }

  function drawMessage(message) {
    if (message.author === "system") return h("li", { class: "note" }, message.text);
    const files = message.attachments.flatMap((file) => media.show(file));
    const sources = message.sources.map((source) =>
      h(
        "details",
        { class: "source" },
        h("summary", {}, texts.say("source", { title: source.title })),
        h("blockquote", { dir: "auto" }, source.quote),
      )
    );
    return h(
      "li",
      { class: `message ${message.direction} by-${message.author}`, dataset: { id: message.id } },
      h(
        "div",
        { class: "bubble" },
        message.text === "" ? null : h("p", { dir: "auto" }, linked(textWithoutSources(message))),
        files,
      ),
      sources,
      h(
        "div",
        { class: "meta" },
        `${texts.say(WHO[message.author])} · `,
        h("time", { datetime: message.created_at }, texts.time(message.created_at)),
        message.rating === null ? null : [
          " · ",
          icon(message.rating.helpful ? "up" : "down", 13),
          ` ${texts.say(message.rating.helpful ? "helpful" : "unhelpful")}`,
        ],
        ticks(message, { channel: conversation.channel, texts, onResend: resend }),
      ),
    );
  }

  function draw() {
    byId("thread").hidden = conversation === null;
    byId("choose").hidden = conversation !== null;
    document.body.classList.toggle("reading", conversation !== null);
    if (conversation === null) return;
    const { state, handover_reason: reason, waiting_since: since, channel } = conversation;
    byId("contact").textContent = nameOf(conversation);
    const about = [texts.say(`is_${state}`), channel];
    if (state === "waiting" && reason !== null) about.push(texts.say(reason));
    if (state === "waiting" && since !== null && Date.now() - Date.parse(since) > 60_000) {
      about.push(texts.say("since", { ago: texts.ago(since) }));
    }
    const left = windowLeft(conversation, texts);
    if (left !== null) about.push(left);
    byId("about").textContent = about.join(" · ");
    byId("about").className = `state ${state}`;
    byId("takeover").hidden = state === "human" || state === "closed";
    byId("release").hidden = state === "bot" || state === "closed";
    byId("close").hidden = state === "closed";
    byId("reply").hidden = state === "closed";
    byId("earlier").hidden = cursor === null;
    const wasAtEnd = isAtEnd();
    const all = [...messages.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const list = byId("messages");
    const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
    list.replaceChildren(...all.map((message) => {
      const { id, state, state_reason: why, attachments, rating } = message;
      const key = `${id} ${state} ${why} ${attachments.length} ${rating?.helpful} ${texts.language}`;
      const element = known.get(key) ?? drawMessage(message);
      element.dataset.key = key;
      return element;
    }));
    if (wasAtEnd) toEnd();
  }

  async function reply() {
    const field = byId("text");
    const text = field.value.trim();
    if (text === "" || conversation === null) return;
    const { id } = conversation;
    field.value = "";
    await act(async () => {
      try {
        const message = await api.postOnce(`/api/conversations/${id}/reply`, { text });
        if (conversation?.id === id) put(message);
      } catch (error) {
        if (conversation?.id === id && field.value === "") field.value = text;
        throw error;
      }
    });
  }

  /** A person's decision: for a message of unknown fate the customer may get it twice. */
  function resend(message) {
    return act(async () => {
      await api.post(`/api/queue/messages/${message.id}/retry`);
    });
  }

  /** The stream may tell what became of a message before its own answer is here. */
  const marks = new Map();

  function mark({ message_id: id, state, state_reason }) {
    marks.set(id, { state, state_reason });
    if (messages.has(id)) put(messages.get(id));
  }

  function put(message) {
    messages.set(message.id, { ...message, ...marks.get(message.id) });
    draw();
    if (message.direction === "in") read();
  }

  for (const verb of ["takeover", "release", "close"]) {
    byId(verb).addEventListener("click", () => change(verb));
  }
  byId("reply").addEventListener("submit", (event) => {
    event.preventDefault();
    reply();
  });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    reply();
  });
  byId("earlier").addEventListener("click", () =>
    act(async () => {
      const page = await api.get(
        `/api/conversations/${conversation.id}/messages?limit=50&cursor=${encodeURIComponent(cursor)}`,
      );
      cursor = page.next_cursor;
      for (const message of page.data) messages.set(message.id, message);
      draw();
    }));
  document.addEventListener("visibilitychange", read);

  return {
    draw,
    change,
    get id() {
      return conversation?.id ?? null;
    },
    show(chosen) {
      if (conversation !== null) drafts.set(conversation.id, byId("text").value);
      conversation = chosen;
      messages = new Map();
      cursor = null;
      byId("text").value = chosen === null ? "" : drafts.get(chosen.id) ?? "";
      draw();
      if (chosen !== null) act(load);
    },
    /** The shown conversation as it is now. */
    update(now) {
      if (conversation?.id !== now.id) return;
      conversation = now;
      draw();
    },
    take(message, { unread, window_until } = {}) {
      if (conversation?.id !== message.conversation_id) return;
      if (unread !== undefined) conversation = { ...conversation, unread };
      if (window_until !== undefined) conversation = { ...conversation, window_until };
      put(message);
    },
    mark,
    /** After a gap in the stream. */
    async sync() {
      if (conversation === null) return;
      await look();
      await read();
    },
  };
}

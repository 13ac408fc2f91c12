import { byId, h } from "../shared/dom.js";

export const STATES = ["open", "waiting", "human", "bot", "closed"];

/** The list of conversations, its filter by state, and which one is chosen. */
export function createList({ api, texts, onChoose }) {
  const rows = new Map();
  let filter = "open";
  let cursor = null;
  let chosen = null;
  let round = 0;
  let counts = { waiting: 0, human: 0, bot: 0 };

  const belongs = ({ state }) => filter === "open" ? state !== "closed" : state === filter;
  const sorted = () =>
    [...rows.values()].filter(belongs).sort((a, b) => {
      if (filter === "open" && (a.state === "waiting") !== (b.state === "waiting")) {
        return a.state === "waiting" ? -1 : 1;
      }
      return a.last_message_at < b.last_message_at ? 1 : -1;
    });

  async function load(from = null) {
    const asked = ++round;
    const page = await api.get(
      `/api/conversations?limit=50&state=${filter}${
        from === null ? "" : `&cursor=${encodeURIComponent(from)}`
      }`,
    );
    if (asked !== round) return;
    if (from === null) rows.clear();
    for (const conversation of page.data) rows.set(conversation.id, conversation);
    cursor = page.next_cursor;
    draw();
  }

  async function count() {
    counts = await api.get("/api/conversations/counts");
    draw();
    return counts;
  }

  function name({ contact }) {
    return contact.name ?? `${texts.say("visitor")} ${contact.id.slice(-4)}`;
  }

  function row(conversation) {
    const { id, state, unread } = conversation;
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: `row ${state}`,
          "aria-current": chosen === id ? "true" : null,
          dataset: { id },
          onclick: () => choose(id),
        },
        h(
          "span",
          { class: "line" },
          h("strong", {}, name(conversation)),
          h("time", { datetime: conversation.last_message_at }, texts.ago(conversation.last_message_at)),
        ),
        h("span", { class: "last" }, conversation.last_message_text ?? ""),
        h(
          "span",
          { class: "line" },
          h("span", { class: `state ${state}` }, texts.say(`is_${state}`)),
          unread > 0
            ? h("b", { class: "count", "aria-label": texts.say("unread", { count: unread }) }, String(unread))
            : null,
        ),
      ),
    );
  }

  function draw() {
    const shown = sorted();
    const focused = document.activeElement?.dataset?.id;
    byId("conversations").replaceChildren(...shown.map(row));
    if (focused !== undefined) {
      byId("conversations").querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    }
    byId("none").hidden = shown.length > 0;
    byId("none").textContent = texts.say("none");
    byId("more").hidden = cursor === null;
    byId("states").replaceChildren(...STATES.map((state) =>
      h(
        "button",
        { type: "button", "aria-pressed": String(state === filter), onclick: () => pick(state) },
        texts.say(state),
        counts[state] > 0 ? h("b", { class: `count ${state}` }, String(counts[state])) : null,
      )
    ));
  }

  function pick(state) {
    filter = state;
    draw();
    load().catch(() => {});
  }

  function choose(id) {
    chosen = id;
    draw();
    onChoose(rows.get(id));
  }

  byId("more").addEventListener("click", () => load(cursor).catch(() => {}));
  return {
    load,
    count,
    draw,
    name,
    choose,
    /** Forgets all of it. */
    clear() {
      rows.clear();
      chosen = null;
      cursor = null;
      counts = { waiting: 0, human: 0, bot: 0 };
      draw();
    },
    unchoose() {
      chosen = null;
      draw();
    },
    /** A conversation as it is now. */
    put(conversation) {
      rows.set(conversation.id, conversation);
      draw();
    },
    /** A message came or went: the row shows it without asking again. False when the row is not here. */
    touch(id, change) {
      const known = rows.get(id);
      if (known === undefined) return false;
      rows.set(id, { ...known, ...change });
      draw();
      return true;
    },
    /** Chooses the next (1) or the one before (-1). */
    step(by) {
      const shown = sorted();
      const at = shown.findIndex(({ id }) => id === chosen);
      const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
      if (next !== undefined) choose(next.id);
    },
  };
}

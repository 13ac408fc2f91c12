import { byId, h } from "../shared/dom.js";
import { explain, onSubmit } from "./form.js";

/** What the business knows: listed, searched, added, changed, deleted, and brought in from a file. */
export function createKnowledge({ api, texts }) {
  const form = byId("entry-form");
  let entries = [];
  let cursor = null;
  let editing = null;
  let note = null;
  let round = 0;

  async function load(from = null) {
    const asked = ++round;
    const search = byId("entry-search").value.trim();
    const query = new URLSearchParams({ limit: "30" });
    if (search !== "") query.set("search", search);
    if (from !== null) query.set("cursor", from);
    const page = await api.get(`/api/knowledge/entries?${query}`);
    if (asked !== round) return;
    entries = from === null ? page.data : [...entries, ...page.data];
    cursor = page.next_cursor;
    draw();
  }

  const tell = (now) => {
    note = now;
    draw();
  };
  const act = (work) => work().catch((error) => tell({ error }));

  function item(entry) {
    const about = [
      texts.say(`kind_${entry.kind}`),
      entry.locale,
      entry.source,
      entry.sample ? texts.say("sample") : null,
      entry.enabled ? null : texts.say("disabled"),
    ];
    return h(
      "li",
      { class: "entry", dataset: { id: entry.id } },
      h("h4", { dir: "auto" }, entry.title),
      h(
        "p",
        { class: "excerpt", dir: "auto" },
        entry.body.slice(0, 280),
        entry.body.length > 280 ? "…" : null,
      ),
      h("p", { class: "soft" }, about.filter(Boolean).join(" · ")),
      h(
        "div",
        { class: "acts" },
        h("button", {
          type: "button",
          class: "button",
          "aria-label": texts.say("editEntry", { title: entry.title }),
          onclick: () => act(() => edit(entry.id)),
        }, texts.say("edit")),
        deleter(entry),
      ),
    );
  }

  /** Asks a second time on the button itself. */
  function deleter(entry) {
    let sure = false;
    const button = h("button", { type: "button", class: "button quiet" });
    const say = () => {
      button.textContent = texts.say(sure ? "deleteSure" : "delete");
      button.setAttribute("aria-label", `${button.textContent}: ${entry.title}`);
    };
    button.addEventListener("blur", () => {
      sure = false;
      say();
    });
    button.addEventListener("click", () => {
      if (sure) return act(() => remove(entry));
      sure = true;
      say();
    });
    say();
    return button;
  }

  async function remove(entry) {
    await api.delete(`/api/knowledge/entries/${entry.id}`);
    entries = entries.filter(({ id }) => id !== entry.id);
    if (editing?.id === entry.id) close();
    tell({ words: () => texts.say("deleted") });
    byId("add-entry").focus();
  }

  async function edit(id) {
    open(await api.get(`/api/knowledge/entries/${id}`));
  }

  function open(entry) {
    editing = entry;
    form.reset();
    form.elements.kind.disabled = false;
    const { kind, title, body, locale, enabled } = form.elements;
    if (entry !== null) {
      kind.value = entry.kind === "pair" ? "pair" : "text";
      // What came out of a file stays of that kind.
      kind.disabled = !["pair", "text"].includes(entry.kind);
      title.value = entry.title;
      body.value = entry.body;
      locale.value = entry.locale ?? "";
      enabled.checked = entry.enabled;
    }
    form.hidden = false;
    note = null;
    draw();
    title.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function close() {
    editing = null;
    form.hidden = true;
    form.reset();
  }

  function draw() {
    byId("entry-form-title").textContent = texts.say(editing === null ? "addEntry" : "changeEntry");
    const isPair = form.elements.kind.value === "pair";
    byId("entry-title-word").textContent = texts.say(isPair ? "question" : "documentTitle");
    byId("entry-body-word").textContent = texts.say(isPair ? "answer" : "documentText");
    byId("entries").replaceChildren(...entries.map(item));
    byId("no-entries").hidden = entries.length > 0;
    byId("more-entries").hidden = cursor === null;
    const place = byId("knowledge-note");
    place.textContent = note === null ? "" : note.error ? explain(texts, note.error) : note.words();
    place.className = note?.error ? "trouble" : "soft";
  }

  onSubmit(form, {
    async work({ kind, title, body, locale, enabled }) {
      const entry = {
        ...(kind.disabled ? {} : { kind: kind.value }),
        title: title.value,
        body: body.value,
        locale: locale.value === "" ? null : locale.value,
        enabled: enabled.checked,
      };
      if (editing === null) await api.postOnce("/api/knowledge/entries", entry);
      else await api.patch(`/api/knowledge/entries/${editing.id}`, entry);
      close();
      byId("add-entry").focus();
      tell({ words: () => texts.say("saved") });
      await load();
    },
    onError: (error) => tell({ error }),
  });
  form.elements.kind.addEventListener("change", draw);
  byId("add-entry").addEventListener("click", () => open(null));
  byId("cancel-entry").addEventListener("click", () => {
    close();
    byId("add-entry").focus();
  });
  byId("more-entries").addEventListener("click", () => act(() => load(cursor)));
  byId("entry-search").addEventListener("input", () => act(() => load()));
  byId("import-button").addEventListener("click", () => byId("import-file").click());
  byId("import-file").addEventListener("change", ({ target }) =>
    act(async () => {
      const data = new FormData();
      data.append("file", target.files[0]);
      target.value = "";
      tell({ words: () => texts.say("importing") });
      const { created, skipped } = await api.post("/api/knowledge/entries/import", data);
      tell({ words: () => texts.say("imported", { created, skipped }) });
      await load();
    }));

  return {
    load,
    draw,
    /** Forgets what belongs to another workspace. */
    clear() {
      close();
      entries = [];
      cursor = null;
      note = null;
      byId("entry-search").value = "";
      draw();
    },
  };
}

import { connectLive } from "../shared/live.js";
import { byId, h, newClientId } from "../shared/dom.js";
import { failure } from "../shared/faults.js";
import { ofThisTab } from "../shared/storage.js";
import { createTexts } from "../shared/texts.js";
import { createOutbox } from "./outbox.js";
import { createSession } from "./session.js";
import { createTable } from "./table.js";
import { WORDS } from "./texts.js";
import { createView } from "./view.js";

const TYPING_MS = 20_000;
const RETRY_MS = { first: 500, most: 15_000 };
const key = decodeURIComponent(location.pathname.split("/")[2] ?? "") || "default";
const framed = globalThis.parent !== globalThis;

const texts = createTexts(WORDS, { onChange: () => draw() });
const session = createSession(key, {
  locale: () => texts.language,
  isNew: () => table.isEmpty && outbox.items.length === 0,
  onErased: () => table.clear(),
  // The stream in hand is the former visitor's.
  onStranger: () => live !== null && listen(),
});
const { api } = session;
const table = createTable();
let business = null;
let state = "bot";
let link = "connecting";
/** Why messages do not go out. */
let trouble = null;
/** Why the last thing that a button asked for was not done. */
let refusal = null;
let uploading = null;
let typingTimer = 0;
let unseen = 0;
let started = false;
let live = null;
let draftTimer = 0;
const draftPlace = `cauce.chat.${key}.draft`;

const outbox = createOutbox(key, {
  ready: () => started,
  send: (item) => api.post("/api/chat/messages", { text: item.text, client_id: item.client_id }),
  onChange: (error) => {
    trouble = error ?? null;
    draw();
  },
  onSent: (item, accepted) => {
    trouble = null;
    if (state === "closed") state = "bot";
    table.confirm(item, accepted);
    if (state === "bot") showTyping(true);
    draw();
  },
});

const view = createView(texts, {
  rate: (message, helpful) =>
    act(async () => table.put(await api.post(`/api/chat/messages/${message.id}/rating`, { helpful }))),
  download: (file) => act(() => api.download(`/api/chat/attachments/${file.id}`, file.name)),
  blob: (file) => api.blob(`/api/chat/attachments/${file.id}`),
  again: (item) => outbox.again(item),
  drop: (item) => outbox.remove(item),
});

/** Does what a button asks and shows why when it fails. */
async function act(work) {
  try {
    await work();
    trouble = refusal = null;
  } catch (error) {
    refusal = error;
  }
  draw();
}

function draw() {
  texts.apply();
  if (business !== null) drawBusiness();
  byId("banner").textContent = texts.say(state);
  document.body.dataset.state = state;
  byId("person").hidden = state === "waiting" || state === "human";
  const still = link === "live" ? "" : texts.say(link);
  byId("link").textContent = uploading === null ? still : texts.say("uploading", { name: uploading });
  byId("attach").disabled = uploading !== null;
  byId("earlier").hidden = table.cursor === null;
  drawFirst();
  const note = byId("trouble");
  // A message that waits for the connection says so itself.
  const why = refusal ?? (trouble?.status === 0 ? null : trouble);
  note.hidden = why === null;
  note.textContent = why === null ? "" : explain(why);
  view.show(table.messages(), outbox.items.filter((item) => !table.has(item)), { trouble: trouble !== null });
}

/** What a newcomer may do: write, and in the sample business try what it knows. */
function drawFirst() {
  byId("first").hidden = business === null || !table.isEmpty || outbox.items.length > 0;
  const examples = business?.sample === true ? ["example1", "example2", "example3"] : [];
  const shown = byId("examples").textContent;
  if (shown === examples.map((name) => texts.say(name)).join("")) return; // the focus may be on one
  byId("examples").replaceChildren(...examples.map((name) =>
    h("button", {
      type: "button",
      class: "button",
      onclick: () => {
        outbox.add(texts.say(name));
        byId("text").focus();
      },
    }, texts.say(name))
  ));
}

function explain(error) {
  if (error.status === 429) return texts.say("wait");
  const again = error === trouble && (error.status === 401 || error.status >= 500);
  if (again) return texts.say("away");
  return error.status === 404 && business === null ? texts.say("gone") : failure(texts, error);
}

function drawBusiness() {
  byId("business").textContent = business.name;
  document.title = business.name;
  document.querySelector(".mark").textContent = [...business.name][0] ?? "";
  const opens = business.opens_at === null
    ? texts.say("shut")
    : texts.say("opens", { when: texts.moment(business.opens_at) });
  const hours = business.open ? texts.say("open") : opens;
  byId("hours").textContent = business.sample ? `${hours} · ${texts.say("sample")}` : hours;
  byId("hours").dataset.open = String(business.open);
}

function showTyping(on) {
  clearTimeout(typingTimer);
  byId("typing").hidden = !on;
  if (!on) return;
  typingTimer = setTimeout(() => showTyping(false), TYPING_MS);
  view.end();
}

function take(message) {
  const isNew = table.put(message);
  if (message.direction === "out") showTyping(false);
  if (!isNew || message.direction !== "out" || !framed) return;
  unseen = document.visibilityState === "hidden" || innerHeight === 0 ? unseen + 1 : 0;
  parent.postMessage({ cauce: "message", unseen }, "*");
}

function onEvent(event) {
  if (event.data.message?.id !== undefined) take(event.data.message);
  if (event.data.conversation?.state !== undefined) state = event.data.conversation.state;
  draw();
}

/** Fetches what a stream may have missed. */
async function sync() {
  const last = table.last();
  const [page, now] = await Promise.all([
    api.get(`/api/chat/messages?limit=100${last === null ? "" : `&after=${last}`}`),
    api.get("/api/chat/session"),
  ]);
  if (last === null) table.cursor = page.next_cursor;
  for (const message of page.data) take(message);
  ({ business } = now);
  state = now.conversation?.state ?? (table.isEmpty ? "bot" : "closed");
  draw();
  outbox.flush();
}

/** The session; a server that is away for a moment is asked again until it is back. */
async function loaded() {
  for (let wait = RETRY_MS.first;; wait = Math.min(RETRY_MS.most, wait * 2)) {
    try {
      return await session.load();
    } catch (error) {
      if (!error.passing) throw error;
      trouble = error;
      draw();
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? wait));
    }
  }
}

async function start() {
  const opened = await loaded();
  started = true;
  trouble = null;
  ({ business } = opened);
  state = opened.conversation?.state ?? "bot";
  table.greet(business.greeting);
  sync().catch(() => {});
  listen();
}

function listen() {
  live?.stop();
  live = connectLive({
    api,
    onEvent,
    onSync: () => sync().catch(() => {}),
    onState: (now) => {
      if (now === "live" && link !== "live" && refusal?.status === 0) refusal = null;
      link = now;
      draw();
    },
  });
}

function send() {
  const field = byId("text");
  const text = field.value.trim();
  field.value = "";
  ofThisTab.remove(draftPlace);
  clearTimeout(draftTimer);
  field.focus();
  if (text !== "") outbox.add(text);
  view.end();
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
byId("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
byId("text").addEventListener("input", ({ target }) => {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => ofThisTab.set(draftPlace, target.value), 200);
});
byId("person").addEventListener("click", () =>
  act(async () => {
    state = (await api.post("/api/chat/handover")).state;
  }));
byId("attach").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", ({ target }) =>
  act(async () => {
    const [file] = target.files;
    const form = new FormData();
    form.append("file", file);
    form.append("client_id", newClientId());
    target.value = "";
    uploading = file.name;
    draw();
    try {
      await api.post("/api/chat/attachments", form);
    } finally {
      uploading = null;
    }
    await sync();
  }));
byId("earlier").addEventListener("click", () =>
  act(async () => {
    const page = await api.get(`/api/chat/messages?limit=50&cursor=${encodeURIComponent(table.cursor)}`);
    table.cursor = page.next_cursor;
    for (const message of page.data) table.put(message);
  }));
if (framed) {
  document.body.classList.add("framed");
  byId("fold").hidden = false;
  byId("fold").addEventListener("click", () => parent.postMessage({ cauce: "fold" }, "*"));
}

texts.switchBy(byId("language"));
byId("text").value = ofThisTab.get(draftPlace) ?? "";
draw();
// Where there is a keyboard; on a phone its own would hide half of the page.
if (!framed && matchMedia("(hover: hover)").matches) byId("text").focus();
act(start);
addEventListener("online", () => outbox.flush());

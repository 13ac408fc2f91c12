import { connectLive } from "../shared/live.js";
import { byId } from "../shared/dom.js";
import { createTexts } from "../shared/texts.js";
import { createAlerts } from "./alerts.js";
import { createGaps } from "./gaps.js";
import { createList } from "./list.js";
import { createSession } from "./session.js";
import { WORDS } from "./texts.js";
import { createThread } from "./thread.js";

const texts = createTexts(WORDS, { onChange: () => draw() });
const session = createSession({ onEnd: () => leave("ended") });
const { api } = session;
let live = null;
let link = "connecting";
let countTimer = 0;

const alerts = createAlerts(byId("sound"), { title: () => texts.say("inbox") });
const list = createList({ api, texts, onChoose: (conversation) => thread.show(conversation) });
const thread = createThread({
  api,
  texts,
  nameOf: list.name,
  onChange: (conversation) => {
    list.put(conversation);
    thread.update(conversation);
  },
  onTrouble: trouble,
});
const gaps = createGaps({ api, texts, onTrouble: trouble });

function trouble(error) {
  const note = byId("trouble");
  note.hidden = error === null;
  note.textContent = error === null ? "" : texts.say("failed", { why: error.message });
}

function draw() {
  texts.apply();
  list.draw();
  thread.draw();
  gaps.draw();
  alerts.show();
  byId("link").textContent = texts.say(link);
  byId("link").dataset.state = link;
}

/** The counts of all conversations; many events at once ask once. */
function recount() {
  clearTimeout(countTimer);
  countTimer = setTimeout(async () => {
    const counts = await list.count().catch(() => null);
    if (counts === null) return;
    alerts.waiting(counts.waiting);
    byId("waiting-count").hidden = counts.waiting === 0;
    byId("waiting-count").textContent = String(counts.waiting);
  }, 100);
}

async function onEvent({ type, conversation_id: id, data }) {
  if (data.conversation !== undefined) {
    list.put(data.conversation);
    thread.update(data.conversation);
  }
  if (data.message !== undefined) {
    const { text, created_at } = data.message;
    const change = { last_message_text: text, last_message_at: created_at };
    if (data.unread !== undefined) change.unread = data.unread;
    if (!list.touch(id, change)) list.put(await api.get(`/api/conversations/${id}`));
    thread.take(data.message, data.unread);
  }
  if (type === "conversation.read") list.touch(id, { unread: data.unread });
  if (type.startsWith("question.") || type.startsWith("knowledge.")) gaps.load().catch(() => {});
  recount();
}

async function sync() {
  recount();
  await Promise.all([list.load(), thread.sync(), gaps.load()]);
}

async function enter() {
  const { workspace } = await session.me();
  byId("workspace").textContent = workspace?.name ?? "Cauce";
  byId("door").hidden = true;
  byId("desk").hidden = false;
  draw();
  sync().catch(trouble);
  live = connectLive({
    api,
    onEvent: (event) => onEvent(event).catch(() => {}),
    onSync: () => sync().catch(() => {}),
    onState: (state) => {
      link = state;
      byId("link").textContent = texts.say(state);
      byId("link").dataset.state = state;
    },
  });
}

function leave(why) {
  live?.stop();
  live = null;
  thread.show(null);
  byId("desk").hidden = true;
  byId("door").hidden = false;
  byId("refusal").hidden = why === null;
  byId("refusal").textContent = why === null ? "" : texts.say(why);
  alerts.waiting(0);
  byId("login").elements.username.focus();
}

function show(view) {
  byId("inbox").hidden = view !== "inbox";
  byId("gaps").hidden = view !== "gaps";
  for (const name of ["inbox", "gaps"]) {
    if (name === view) byId(`to-${name}`).setAttribute("aria-current", "page");
    else byId(`to-${name}`).removeAttribute("aria-current");
  }
}

byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = event.target.elements;
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    await session.signIn(username.value, password.value);
    password.value = "";
    byId("refusal").hidden = true;
    await enter();
  } catch (error) {
    byId("refusal").hidden = false;
    byId("refusal").textContent = error.code === "invalid_credentials"
      ? texts.say("wrong")
      : texts.say("failed", { why: error.message });
    password.select();
  } finally {
    button.disabled = false;
  }
});
byId("leave").addEventListener("click", async () => {
  await session.signOut();
  leave(null);
});
byId("back").addEventListener("click", () => {
  thread.show(null);
  list.unchoose();
});
byId("to-inbox").addEventListener("click", () => show("inbox"));
byId("to-gaps").addEventListener("click", () => show("gaps"));

const KEYS = {
  j: () => list.step(1),
  k: () => list.step(-1),
  t: () => byId("takeover").click(),
  l: () => byId("release").click(),
  c: () => byId("close").click(),
  r: () => byId("text").focus(),
  Escape: () => byId("back").click(),
};
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select") !== null;
  if (event.key === "Escape" && writing) return event.target.blur();
  const act = KEYS[event.key];
  if (act === undefined || writing || live === null || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

texts.switchBy(byId("language"));
texts.apply();
alerts.show();
if (session.signedIn) enter().catch((error) => error.status === 401 || leave(null));
else leave(null);

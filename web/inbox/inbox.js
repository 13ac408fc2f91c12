import { connectLive } from "../shared/live.js";
import { byId, h } from "../shared/dom.js";
import { createTexts } from "../shared/texts.js";
import { createAlerts } from "./alerts.js";
import { createBench } from "./bench.js";
import { createBusiness } from "./business.js";
import { createDoor } from "./door.js";
import { explain } from "./form.js";
import { createGaps } from "./gaps.js";
import { createKnowledge } from "./knowledge.js";
import { createList } from "./list.js";
import { createSession } from "./session.js";
import { WORDS } from "./texts.js";
import { createThread } from "./thread.js";

/** The views, each with the scope that it needs beside those of the inbox. */
const VIEWS = { inbox: null, gaps: null, knowledge: "knowledge:write", business: "business:write" };

const texts = createTexts(WORDS, { onChange: () => draw() });
const session = createSession({ onEnd: () => leave("ended") });
const { api } = session;
let live = null;
let link = "connecting";
let countTimer = 0;
let view = "inbox";

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
const knowledge = createKnowledge({ api, texts });
const bench = createBench({ api, texts });
const business = createBusiness({ api, texts });
const door = createDoor({ session, texts, onEnter: enter, onKnock: shut });

function trouble(error) {
  const note = byId("trouble");
  note.hidden = error === null;
  note.textContent = error === null ? "" : explain(texts, error);
}

function draw() {
  texts.apply();
  list.draw();
  thread.draw();
  gaps.draw();
  knowledge.draw();
  bench.draw();
  business.draw();
  door.draw();
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
  if (type === "message.state_changed") return thread.mark(data);
  if (type === "message.file_changed") return thread.take(data.message);
  if (data.message !== undefined) {
    const { text, created_at } = data.message;
    const change = { last_message_text: text, last_message_at: created_at };
    for (const name of ["unread", "window_until"]) if (data[name] !== undefined) change[name] = data[name];
    if (!list.touch(id, change)) list.put(await api.get(`/api/conversations/${id}`));
    const { unread, window_until } = data;
    thread.take(data.message, { unread, window_until });
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
  const { workspace, workspaces, scopes } = await session.me();
  byId("workspace").textContent = workspace?.name ?? "Cauce";
  byId("workspace").hidden = workspaces.length > 1;
  byId("workspaces").hidden = workspaces.length < 2;
  byId("workspaces").replaceChildren(...workspaces.map(({ id, name }) => h("option", { value: id }, name)));
  byId("workspaces").value = workspace?.id ?? "";
  for (const [name, scope] of Object.entries(VIEWS)) {
    byId(`to-${name}`).hidden = scope !== null && !scopes.includes(scope);
  }
  knowledge.clear();
  bench.clear();
  byId("door").hidden = true;
  byId("desk").hidden = false;
  show("inbox");
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

/** Ends what goes on at the desk and stands at the door. */
function shut() {
  live?.stop();
  live = null;
  thread.show(null);
  list.clear();
  trouble(null);
  byId("desk").hidden = true;
  byId("door").hidden = false;
  alerts.waiting(0);
}

function leave(why) {
  shut();
  door.open(why);
}

function show(name) {
  view = name;
  for (const other of Object.keys(VIEWS)) {
    byId(other).hidden = other !== name;
    if (other === name) byId(`to-${other}`).setAttribute("aria-current", "page");
    else byId(`to-${other}`).removeAttribute("aria-current");
  }
  byId("keys").hidden = name !== "inbox";
  if (name === "knowledge") knowledge.load().catch(trouble);
  if (name === "business") business.load().catch(trouble);
}

byId("leave").addEventListener("click", async () => {
  await session.signOut();
  leave(null);
});
byId("workspaces").addEventListener("change", ({ target }) => {
  session.choose(target.value);
  // Anew, so that nothing of the other one stays on the page or is still on its way.
  location.reload();
});
byId("back").addEventListener("click", () => {
  thread.show(null);
  list.unchoose();
});
for (const name of Object.keys(VIEWS)) byId(`to-${name}`).addEventListener("click", () => show(name));

/** A key does what its button does, where that is shown: else it means nothing now. */
function press(id) {
  if (byId(id).offsetParent !== null) byId(id).click();
}

const KEYS = {
  j: () => list.step(1),
  k: () => list.step(-1),
  t: () => press("takeover"),
  l: () => press("release"),
  c: () => press("close"),
  r: () => byId("text").focus(),
  Escape: () => byId("back").click(),
};
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select") !== null;
  if (event.key === "Escape" && writing) return event.target.blur();
  const act = KEYS[event.key];
  if (act === undefined || writing || live === null || view !== "inbox") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

for (const id of ["language", "door-language"]) texts.switchBy(byId(id));
texts.apply();
alerts.show();
if (session.signedIn && !door.pending) enter().catch((error) => error.status === 401 || leave(null));
else leave(null);

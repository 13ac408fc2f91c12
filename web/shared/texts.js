import { lasting } from "./storage.js";

const KEY = "cauce.language";

/**
 * The words of a page in Spanish and English: the browser's language, or what the switch says. Elements with
 * `data-text` get the word of that name; `data-label`, `data-hint` set aria-label and placeholder.
 */
export function createTexts(words, { onChange = () => {} } = {}) {
  let language = lasting.get(KEY) ?? preferred();
  const switches = [];
  const texts = {
    get language() {
      return language;
    },
    has: (name) => (words[language][name] ?? words.en[name]) !== undefined,
    /** The word, with `{name}` filled in. */
    say(name, values = {}) {
      const word = words[language][name] ?? words.en[name] ?? name;
      return word.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
    },
    time(iso) {
      return new Date(iso).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
    },
    day(iso) {
      return new Date(iso).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
    },
    moment(iso) {
      return new Date(iso).toLocaleString(language, { weekday: "long", hour: "2-digit", minute: "2-digit" });
    },
    /** "3 min", for lists. */
    ago(iso) {
      const minutes = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 60000));
      if (minutes < 1) return texts.say("now");
      if (minutes < 60) return `${minutes} min`;
      return minutes < 1440 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
    },
    apply(root = document) {
      document.documentElement.lang = language;
      for (const element of root.querySelectorAll("[data-text]")) {
        element.textContent = texts.say(element.dataset.text);
      }
      for (const element of root.querySelectorAll("[data-label]")) {
        element.setAttribute("aria-label", texts.say(element.dataset.label));
        element.title = texts.say(element.dataset.label);
      }
      for (const element of root.querySelectorAll("[data-hint]")) {
        element.placeholder = texts.say(element.dataset.hint);
      }
    },
    /** Ties a <select> of languages to the page; a page may have several. */
    switchBy(select) {
      select.value = language;
      switches.push(select);
      select.addEventListener("change", () => {
        language = select.value === "es" ? "es" : "en";
        lasting.set(KEY, language);
        for (const other of switches) other.value = language;
        texts.apply();
        onChange();
      });
    },
  };
  return texts;
}

function preferred() {
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "es" || tag === "en");
  return known ?? "es";
}

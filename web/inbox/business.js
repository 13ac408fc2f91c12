import { byId, h } from "../shared/dom.js";
import { explain, onSubmit } from "./form.js";
import { createHours } from "./hours.js";

const TEXTS = ["name", "description", "greeting", "away", "timezone"];
const SPOKEN = ["es", "en"];

/** The business as its customers meet it: shown and changed. */
export function createBusiness({ api, texts }) {
  const form = byId("business-form");
  const hours = createHours(byId("hours"), texts);
  let business = null;
  let note = null;

  for (const zone of Intl.supportedValuesOf("timeZone")) byId("zones").append(h("option", { value: zone }));

  async function load() {
    business = await api.get("/api/business/config");
    fill();
  }

  function fill() {
    for (const name of TEXTS) form.elements[name].value = business[name];
    for (const language of SPOKEN) {
      form.elements[`speaks_${language}`].checked = business.languages.includes(language);
    }
    const first = business.languages[0];
    form.elements.first_language.value = SPOKEN.includes(first) ? first : "es";
    form.elements.always.checked = business.hours === null;
    hours.set(business.hours);
    draw();
  }

  function draw() {
    hours.draw();
    byId("business-sample").hidden = business?.sample !== true;
    drawNote();
  }

  /** Not the hours: somebody may be typing in them. */
  function drawNote() {
    byId("hours").hidden = form.elements.always.checked;
    const place = byId("business-note");
    place.textContent = note === null ? "" : note.error ? explain(texts, note.error) : texts.say(note.said);
    place.className = note?.error ? "trouble" : "soft";
  }

  /** The languages in the order of preference; those that this page does not know stay behind. */
  function languages() {
    const chosen = SPOKEN.filter((language) => form.elements[`speaks_${language}`].checked);
    const first = form.elements.first_language.value;
    chosen.sort((a, b) => Number(b === first) - Number(a === first));
    return [...chosen, ...business.languages.filter((language) => !SPOKEN.includes(language))];
  }

  /** What the form says differently; what somebody else changed meanwhile is left alone. */
  function changes() {
    const wanted = {
      ...Object.fromEntries(TEXTS.map((name) => [name, form.elements[name].value.trim()])),
      hours: form.elements.always.checked ? null : hours.get(),
      languages: languages(),
    };
    return Object.fromEntries(
      Object.entries(wanted).filter(([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(business[name])
      ),
    );
  }

  form.addEventListener("input", () => {
    note = null;
    drawNote();
  });

  onSubmit(form, {
    async work() {
      const change = changes();
      if (Object.keys(change).length > 0) business = await api.put("/api/business/config", change);
      note = { said: "saved" };
      fill();
    },
    onError(error) {
      note = { error };
      draw();
    },
  });

  return { load, draw };
}

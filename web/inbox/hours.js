import { h } from "../shared/dom.js";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const FIRST = { from: "09:00", to: "18:00" };

/** A field of time knows no 24:00: the end of a day is shown as its midnight. */
const shown = (time) => (time === "24:00" ? "00:00" : time);
const meant = (time) => (time === "00:00" ? "24:00" : time);

/** The editor of a week's hours inside `box`. Several shifts a day; a day without one is closed. */
export function createHours(box, texts) {
  let week = {};

  function field(shift, { edge, day, at }) {
    const input = h("input", {
      type: "time",
      required: true,
      value: shown(shift[edge]),
      "aria-label": `${texts.say(day)}, ${texts.say(edge)} (${at + 1})`,
      dataset: { day, edge, at: String(at) },
    });
    input.addEventListener("input", () => {
      shift[edge] = edge === "to" ? meant(input.value) : input.value;
    });
    return input;
  }

  function row(day) {
    const shifts = week[day] ?? [];
    const again = (selector) => {
      draw();
      box.querySelector(selector)?.focus();
    };
    const remove = (at) => {
      shifts.splice(at, 1);
      again(`[data-add="${day}"]`);
    };
    const add = () => {
      week[day] = [...shifts, shifts.length === 0 ? { ...FIRST } : { from: shifts.at(-1).to, to: "20:00" }];
      again(`[data-day="${day}"][data-at="${shifts.length}"]`);
    };
    return h(
      "div",
      { class: "day", role: "group", "aria-label": texts.say(day) },
      h("span", { class: "name" }, texts.say(day)),
      h(
        "div",
        { class: "shifts" },
        shifts.length === 0 ? h("span", { class: "soft" }, texts.say("dayClosed")) : null,
        shifts.map((shift, at) =>
          h(
            "span",
            { class: "shift" },
            field(shift, { edge: "from", day, at }),
            "–",
            field(shift, { edge: "to", day, at }),
            h("button", {
              type: "button",
              class: "button quiet",
              "aria-label": texts.say("removeShift", { day: texts.say(day), at: at + 1 }),
              onclick: () => remove(at),
            }, "✕"),
          )
        ),
        h("button", {
          type: "button",
          class: "button quiet",
          dataset: { add: day },
          "aria-label": texts.say("addShiftTo", { day: texts.say(day) }),
          onclick: add,
        }, texts.say("addShift")),
      ),
    );
  }

  function draw() {
    box.replaceChildren(...DAYS.map(row));
  }

  return {
    draw,
    /** Shows these hours; null, which is always open, as a week still to be filled in. */
    set(hours) {
      week = structuredClone(hours ?? {});
      draw();
    },
    get() {
      return Object.fromEntries(DAYS.filter((day) => week[day]?.length > 0).map((day) => [day, week[day]]));
    },
  };
}

import { icon } from "../shared/icons.js";
import { lasting } from "../shared/storage.js";

const PLACE = "cauce.inbox.sound";

/** Tells an operator that somebody waits: a sound (when wanted) and the number in the title. */
export function createAlerts(button, { title }) {
  let on = lasting.get(PLACE) ?? true;
  let waiting = 0;
  let audio = null;

  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    button.replaceChildren(icon(on ? "bell" : "mute", 20));
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${title()} · Cauce`;
  };

  // A browser lets a page sound only after somebody has touched it.
  addEventListener("pointerdown", () => {
    audio ??= new AudioContext();
  }, { once: true });
  button.addEventListener("click", () => {
    on = !on;
    lasting.set(PLACE, on);
    show();
    if (on) sound();
  });

  function sound() {
    if (!on || audio === null || audio.state !== "running") return;
    for (const [at, pitch] of [[0, 660], [0.16, 880]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const start = audio.currentTime + at;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.12, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.32);
    }
  }

  return {
    show,
    /** How many wait now; sounds when it is more than before. */
    waiting(count) {
      if (count > waiting) sound();
      waiting = count;
      show();
    },
  };
}

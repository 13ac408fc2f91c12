import { ofForm } from "./form.js";

const PAUSE_MS = 250;

/** Shows under the new password of a form how hard it is to guess, as the server judges it. */
export function showStrength(form, { api, texts, about = () => [] }) {
  const { password } = form.elements;
  const meter = ofForm(form, ".strength meter");
  const said = ofForm(form, ".strength .said");
  let timer = 0;
  let verdict = null;

  function draw() {
    meter.value = verdict === null
      ? 0
      : verdict.valid
      ? Math.max(2, verdict.score)
      : Math.min(1, verdict.score);
    said.textContent = verdict === null ? "" : words();
    said.dataset.valid = String(verdict?.valid ?? false);
  }

  function words() {
    if ([...password.value].length < verdict.min_length) {
      return texts.say("short", { least: verdict.min_length });
    }
    return texts.say(verdict.valid ? `strength${Math.max(2, verdict.score)}` : "guessable");
  }

  async function judge() {
    const judged = password.value;
    const now = judged === "" ? null : await api.post("/api/auth/password-strength", {
      password: judged,
      about: about().filter((word) => word !== ""),
    }).catch(() => null);
    if (password.value !== judged) return;
    verdict = now;
    draw();
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE_MS);
  });
  form.addEventListener("reset", () => {
    verdict = null;
    draw();
  });
  return { draw };
}

import { h } from "../shared/dom.js";

/** One tick: with WhatsApp; two: on the phone; blue: read. */
const TICKS = { sent: "✓", delivered: "✓✓", read: "✓✓" };

/**
 * What became of a message that goes through a channel of its own: ticks, what it waits for, why it is held or
 * failed, and a button to send it again. Empty where a stored message has arrived.
 */
export function ticks(message, { channel, texts, onResend }) {
  if (channel !== "whatsapp") return [];
  const { direction, state, state_reason: reason } = message;
  if (direction === "in") {
    return reason?.startsWith("file_") ? [` · ${texts.say("fileMissing", { why: reason.slice(5) })}`] : [];
  }
  const word = texts.say(`out_${state}`);
  const mark = TICKS[state];
  if (mark !== undefined) {
    return [" ", h("span", { class: `ticks ${state}`, title: word, "aria-label": word, role: "img" }, mark)];
  }
  const said = reason === null ? "" : texts.say(`why_${reason}`);
  const why = reason === null ? word : `${word}: ${said.startsWith("why_") ? reason : said}`;
  const again = state === "held" || state === "failed"
    ? h("button", { type: "button", class: "resend", onclick: () => onResend(message) }, texts.say("resend"))
    : null;
  return [" · ", h("span", { class: `ticks ${state}` }, why), again];
}

/** How long the customer may still be written to freely; null where nothing limits it. */
export function windowLeft(conversation, texts) {
  const { channel, window_until: until, state } = conversation;
  if (channel !== "whatsapp" || state === "closed") return null;
  const left = until === null ? 0 : Date.parse(until) - Date.now();
  if (left <= 0) return texts.say("windowClosed");
  const hours = Math.floor(left / 3_600_000);
  const minutes = Math.floor(left / 60_000) % 60;
  return texts.say("windowLeft", { left: hours > 0 ? `${hours} h` : `${minutes} min` });
}

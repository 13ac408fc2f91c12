import { failure } from "../shared/faults.js";

/** The element of a form that a selector names. */
export function ofForm(form, selector) {
  const element = form.querySelector(selector);
  if (element === null) throw new Error(`The form has no ${selector}`);
  return element;
}

/** The words for an error: what is wrong with which field, where the server says so. */
export function explain(texts, error) {
  if (error.status === 0) return texts.say("offline");
  if (error.status === 429) return texts.say("tooMany");
  if (error.errors.length === 0) return failure(texts, error);
  return error.errors.map(({ path, message }) => `${texts.say(path.split(".")[0])}: ${message}`).join(". ");
}

/** Runs `work` when the form is sent, with its buttons off meanwhile; what fails is given to `onError`. */
export function onSubmit(form, { work, onError }) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
    for (const button of buttons) button.disabled = true;
    try {
      await work(form.elements);
    } catch (error) {
      onError(error);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

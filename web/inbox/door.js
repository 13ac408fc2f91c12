import { byId } from "../shared/dom.js";
import { explain, onSubmit } from "./form.js";
import { takeMailed } from "./mailed.js";
import { showStrength } from "./strength.js";

const FORMS = ["login", "forgot", "reset", "join", "accept"];

/**
 * Everything before the desk: sign in, ask for a new password, set it by a mailed link, join by a mailed
 * invitation. `onEnter` is called when somebody is signed in; `onKnock` when a link came while the desk was open.
 */
export function createDoor({ session, texts, onEnter, onKnock }) {
  let mailed = takeMailed();
  let shown = "login";
  let note = null;

  const strengths = [
    showStrength(byId("reset"), { api: session.bare, texts }),
    showStrength(byId("join"), {
      api: session.bare,
      texts,
      about: () => [byId("join").elements.email.value, byId("join").elements.name.value],
    }),
  ];

  function draw() {
    for (const name of FORMS) byId(name).hidden = name !== shown;
    byId("refusal").hidden = note?.bad !== true;
    byId("refusal").textContent = note?.bad === true ? note.words() : "";
    byId("good-news").hidden = note?.bad !== false;
    byId("good-news").textContent = note?.bad === false ? note.words() : "";
    const invited = mailed.invitation !== null;
    byId("invited").hidden = !invited || shown === "forgot";
    byId("to-join").hidden = !invited;
    byId("login-button").textContent = texts.say(invited ? "signInJoin" : "signIn");
    for (const strength of strengths) strength.draw();
  }

  function show(form, words = null) {
    shown = form;
    note = words;
    draw();
    byId(form).querySelector("input, button")?.focus();
  }

  const tell = (bad, say) => ({ bad, words: () => say() });
  const refuse = (error) => {
    note = tell(true, () => explain(texts, error));
    draw();
  };

  /** Where a visitor who is not at the desk belongs. */
  function place() {
    if (mailed.reset !== null) return "reset";
    if (mailed.invitation !== null) return session.signedIn ? "accept" : "join";
    return "login";
  }

  async function enter() {
    for (const name of FORMS) byId(name).reset();
    note = null;
    await onEnter();
  }

  /** A link that is good no more is of no use to keep. */
  function usedUp(error, next) {
    if (error.status !== 410) return refuse(error);
    mailed = { reset: null, invitation: null };
    show(next, tell(true, () => texts.say(next === "forgot" ? "resetGone" : "invitationGone")));
  }

  function invitationFailed(error) {
    if (error.status === 403) {
      note = tell(true, () => texts.say("otherAddress"));
      return draw();
    }
    if (error.status !== 409) return usedUp(error, "login");
    // Whoever has an account signs in to join; whoever is a member needs no invitation.
    show(
      session.signedIn ? "accept" : "login",
      tell(true, () => texts.say(session.signedIn ? "member" : "known")),
    );
  }

  async function accept() {
    await session.accept(mailed.invitation).catch((error) => {
      if (error.status !== 409) throw error;
    });
    mailed = { reset: null, invitation: null };
    await enter();
  }

  onSubmit(byId("login"), {
    async work({ username, password }) {
      await session.signIn(username.value, password.value);
      if (mailed.invitation === null) return await enter();
      await accept().catch((error) => {
        show("accept");
        invitationFailed(error);
      });
    },
    onError(error) {
      if (error.code === "invalid_credentials") note = tell(true, () => texts.say("wrong"));
      else return refuse(error);
      draw();
      byId("login").elements.password.select();
    },
  });

  onSubmit(byId("forgot"), {
    async work({ email }) {
      await session.bare.post("/api/auth/forgot-password", { email: email.value });
      show("login", tell(false, () => texts.say("mailSent")));
    },
    onError: refuse,
  });

  onSubmit(byId("reset"), {
    async work({ password }) {
      await session.bare.post("/api/auth/reset-password", { token: mailed.reset, password: password.value });
      mailed = { ...mailed, reset: null };
      byId("reset").reset();
      session.forget();
      show("login", tell(false, () => texts.say("passwordSet")));
    },
    onError: (error) => usedUp(error, "forgot"),
  });

  onSubmit(byId("join"), {
    async work({ email, name, password }) {
      await session.register({
        email: email.value,
        name: name.value,
        password: password.value,
        locale: texts.language,
        invitation_token: mailed.invitation,
      });
      mailed = { reset: null, invitation: null };
      await enter();
    },
    onError: invitationFailed,
  });

  onSubmit(byId("accept"), { work: accept, onError: invitationFailed });

  byId("other-user").addEventListener("click", async () => {
    await session.signOut();
    show("login");
  });
  byId("not-now").addEventListener("click", () => {
    mailed = { reset: null, invitation: null };
    enter();
  });
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => show(button.dataset.show));
  }
  addEventListener("hashchange", () => {
    const next = takeMailed();
    if (next.reset === null && next.invitation === null) return;
    mailed = next;
    onKnock();
    show(place());
  });

  return {
    draw,
    /** Whether a mailed link waits to be dealt with, before the desk opens. */
    get pending() {
      return mailed.reset !== null || mailed.invitation !== null;
    },
    /** Shows the door; `why` is the name of a word. */
    open(why = null) {
      show(place(), why === null ? null : tell(true, () => texts.say(why)));
    },
  };
}

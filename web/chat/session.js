import { ApiError, createApi } from "../shared/api.js";
import { lasting } from "../shared/storage.js";

const RENEW_BEFORE_MS = 24 * 3600_000;
const ERASED = 410;

/**
 * The anonymous visitor of one chat: its token is kept for the key, so that a reload goes on as the same visitor.
 * `onStranger` is called when a new visitor had to be made of it, `onErased` when that was because it was erased.
 */
export function createSession(key, { locale, isNew, onErased, onStranger }) {
  const place = `cauce.chat.${key}`;
  let kept = lasting.get(place);
  let opening = null;

  const api = createApi({
    token: () => kept?.token ?? null,
    ends: [401, ERASED],
    renew: (status) => again(status).then(() => true, () => false),
  });
  const bare = createApi({ token: () => null });

  /** Opens a session; with a token that still counts, as the same visitor. */
  function begin() {
    opening ??= oneTab(open).finally(() => {
      opening = null;
    });
    return opening;
  }

  /** Two tabs that begin at once are one visitor. Without locks (plain HTTP on a network) they may be two. */
  function oneTab(work) {
    return navigator.locks === undefined ? work() : navigator.locks.request(place, work);
  }

  async function again(status) {
    await begin();
    if (status === ERASED) onErased();
  }

  async function open() {
    const path = `/api/chat/${encodeURIComponent(key)}/sessions`;
    const body = { locale: locale() };
    kept = lasting.get(place) ?? kept; // another tab may have a newer one
    const usable = kept !== null && Date.parse(kept.expires_at) > Date.now();
    const asBefore = createApi({ token: () => kept?.token ?? null });
    const session = await (usable ? asBefore : bare).post(path, body).catch((error) => {
      if (usable && error instanceof ApiError && error.status === 401) return bare.post(path, body);
      throw error;
    });
    const before = kept?.contact_id;
    kept = { token: session.token, expires_at: session.expires_at, contact_id: session.contact_id };
    lasting.set(place, kept);
    if (before !== undefined && before !== kept.contact_id) onStranger();
    return session;
  }

  // Tabs that opened at once: what a lock misses is put right while this one has said nothing.
  addEventListener("storage", (event) => {
    const other = event.key === place ? lasting.get(place) : null;
    if (other === null || other.contact_id === kept?.contact_id || !isNew()) return;
    kept = other;
    onStranger();
  });

  return {
    api,
    /** The visitor's conversation and the business. */
    async load() {
      const fresh = kept !== null && Date.parse(kept.expires_at) - Date.now() > RENEW_BEFORE_MS;
      return fresh ? await api.get("/api/chat/session") : await begin();
    },
  };
}

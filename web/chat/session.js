import { ApiError, createApi } from "../shared/api.js";
import { lasting } from "../shared/storage.js";

const RENEW_BEFORE_MS = 24 * 3600_000;

/** The anonymous visitor of one chat: its token is kept for the key, so that a reload goes on as the same visitor. */
export function createSession(key, { locale }) {
  const place = `cauce.chat.${key}`;
  let kept = lasting.get(place);
  let opening = null;

  const api = createApi({
    token: () => kept?.token ?? null,
    renew: () => begin().then(() => true, () => false),
  });
  const bare = createApi({ token: () => null });

  /** Opens a session; with a token that still counts, as the same visitor. */
  function begin() {
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function open() {
    const path = `/api/chat/${encodeURIComponent(key)}/sessions`;
    const body = { locale: locale() };
    const usable = kept !== null && Date.parse(kept.expires_at) > Date.now();
    const asBefore = createApi({ token: () => kept?.token ?? null });
    const session = await (usable ? asBefore : bare).post(path, body).catch((error) => {
      if (usable && error instanceof ApiError && error.status === 401) return bare.post(path, body);
      throw error;
    });
    kept = { token: session.token, expires_at: session.expires_at };
    lasting.set(place, kept);
    return session;
  }

  return {
    api,
    /** The visitor's conversation and the business. */
    async load() {
      const fresh = kept !== null && Date.parse(kept.expires_at) - Date.now() > RENEW_BEFORE_MS;
      return fresh ? await api.get("/api/chat/session") : await begin();
    },
  };
}

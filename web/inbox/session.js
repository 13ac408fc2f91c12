import { createApi } from "../shared/api.js";
import { ofThisTab } from "../shared/storage.js";

const PLACE = "cauce.session";

/** The signed-in operator. Tokens live in this tab only and are renewed when the server asks for it. */
export function createSession({ onEnd }) {
  let tokens = ofThisTab.get(PLACE);
  let renewing = null;
  const bare = createApi({ token: () => null });

  function keep(answer) {
    tokens = { access: answer.access_token, refresh: answer.refresh_token };
    ofThisTab.set(PLACE, tokens);
  }

  function forget() {
    tokens = null;
    ofThisTab.remove(PLACE);
  }

  function renew() {
    renewing ??= renewNow().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function renewNow() {
    try {
      keep(await bare.post("/api/auth/refresh", { refresh_token: tokens.refresh }));
      return true;
    } catch (error) {
      if (error.passing) return false;
      forget();
      onEnd();
      return false;
    }
  }

  const api = createApi({ token: () => tokens?.access ?? null, renew });
  return {
    api,
    get signedIn() {
      return tokens !== null;
    },
    async signIn(username, password) {
      keep(await bare.post("/api/auth/login", { username, password }));
    },
    async signOut() {
      await api.post("/api/auth/logout", {}).catch(() => {});
      forget();
    },
    me: () => api.get("/api/auth/me"),
  };
}

import { createApi } from "../shared/api.js";
import { ofThisTab } from "../shared/storage.js";

const PLACE = "cauce.session";
const WORKSPACE = "cauce.workspace";

/** The signed-in operator. Tokens live in this tab only and are renewed when the server asks for it. */
export function createSession({ onEnd }) {
  let tokens = ofThisTab.get(PLACE);
  let workspace = ofThisTab.get(WORKSPACE);
  let renewing = null;
  const bare = createApi({ token: () => null });

  function keep(answer) {
    tokens = { access: answer.access_token, refresh: answer.refresh_token };
    ofThisTab.set(PLACE, tokens);
  }

  function forget() {
    tokens = null;
    ofThisTab.remove(PLACE);
    choose(null);
  }

  function choose(id) {
    workspace = id;
    if (id === null) ofThisTab.remove(WORKSPACE);
    else ofThisTab.set(WORKSPACE, id);
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

  const api = createApi({ token: () => tokens?.access ?? null, renew, workspace: () => workspace });
  const own = createApi({ token: () => tokens?.access ?? null, renew });

  /** Who is signed in, with the workspaces to choose from; one that was left since is not insisted on. */
  async function me() {
    const { data: workspaces } = await own.get("/api/workspaces");
    if (!workspaces.some(({ id }) => id === workspace)) choose(null);
    let profile = await api.get("/api/auth/me");
    if (profile.workspace === null && workspaces.length > 0) {
      choose(workspaces[0].id);
      profile = await api.get("/api/auth/me");
    }
    return { ...profile, workspaces };
  }

  return {
    api,
    /** Calls as nobody. */
    bare,
    choose,
    me,
    get signedIn() {
      return tokens !== null;
    },
    async signIn(username, password) {
      keep(await bare.post("/api/auth/login", { username, password }));
      choose(null);
    },
    /** Makes a user who joins by invitation, and is that user from now on. */
    async register(user) {
      keep(await bare.post("/api/auth/register", user));
      choose(null);
    },
    /** The signed-in user joins by invitation and acts there from now on. */
    async accept(token) {
      const joined = await own.post("/api/invitations/accept", { token });
      choose(joined.id);
    },
    async signOut() {
      if (tokens !== null) {
        await createApi({ token: () => tokens.access }).post("/api/auth/logout").catch(() => {});
      }
      forget();
    },
    /** For when the server has ended the session already. */
    forget,
  };
}

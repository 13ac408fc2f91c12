import { newClientId } from "./dom.js";

/** An answer that is no success, or none at all (`status` 0: the server can't be reached). */
export class ApiError extends Error {
  constructor(status, problem, retryAfterMs) {
    super(problem.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "unreachable";
    /** What is wrong with the input, a `path` and `message` each. */
    this.errors = problem.errors ?? [];
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500 ||
      this.code === "idempotency_in_progress";
  }
}

/**
 * Calls the API. `token` gives the bearer token; `renew`, where given, gets a new one after a status of `ends` and
 * says if it did; `workspace` names the one to act in, null: the token's own.
 */
export function createApi(
  { token, renew = () => Promise.resolve(false), workspace = () => null, ends = [401] },
) {
  async function once(method, path, { body, key }) {
    const bearer = token();
    const isForm = body instanceof FormData;
    const headers = {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(bearer === null || workspace() === null ? {} : { "x-workspace-id": workspace() }),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const content = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) };
    return await fetch(path, { method, headers, ...content }).catch(() => {
      throw new ApiError(0, {}, null);
    });
  }

  async function request(method, path, content = {}) {
    let response = await once(method, path, content);
    if (ends.includes(response.status) && token() !== null && await renew(response.status)) {
      response = await once(method, path, content);
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const seconds = Number(response.headers.get("retry-after"));
    throw new ApiError(response.status, problem, seconds > 0 ? seconds * 1000 : null);
  }

  const read = (response) => response.status === 204 ? null : response.json();
  const send = (method) => async (path, body) => read(await request(method, path, { body }));

  /** Keys of what was sent and is not known to have arrived. */
  const unsure = new Map();

  return {
    get: send("GET"),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
    /** Posts what must not be there twice: the same again, after an answer that got lost, is the same thing. */
    async postOnce(path, body) {
      const what = `${path} ${JSON.stringify(body)}`;
      const key = unsure.get(what) ?? newClientId();
      unsure.delete(what);
      try {
        return await read(await request("POST", path, { body, key }));
      } catch (error) {
        if (error.passing !== false) unsure.set(what, key);
        throw error;
      }
    },
    /** The bytes of a file. */
    async blob(path) {
      return await (await request("GET", path)).blob();
    },
    /** Saves a file that only an authorised request can read. */
    async download(path, name) {
      const url = URL.createObjectURL(await this.blob(path));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
  };
}

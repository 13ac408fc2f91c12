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
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Calls the API. `token` gives the bearer token; `renew`, where given, gets a new one after a status of `ends` and
 * says if it did; `workspace` names the one to act in, null: the token's own.
 */
export function createApi(
  { token, renew = () => Promise.resolve(false), workspace = () => null, ends = [401] },
) {
  async function once(method, path, body) {
    const bearer = token();
    const isForm = body instanceof FormData;
    const headers = {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(bearer === null || workspace() === null ? {} : { "x-workspace-id": workspace() }),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
    };
    const content = body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) };
    return await fetch(path, { method, headers, ...content }).catch(() => {
      throw new ApiError(0, {}, null);
    });
  }

  async function request(method, path, body) {
    let response = await once(method, path, body);
    if (ends.includes(response.status) && token() !== null && await renew(response.status)) {
      response = await once(method, path, body);
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const seconds = Number(response.headers.get("retry-after"));
    throw new ApiError(response.status, problem, seconds > 0 ? seconds * 1000 : null);
  }

  const send = (method) => async (path, body) => {
    const response = await request(method, path, body);
    return response.status === 204 ? null : await response.json();
  };

  return {
    get: send("GET"),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
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

/**
 * The path that routes are matched by: without the version of its mount (`/api/v3/health` is `/api/health`), and
 * without a trailing slash. Hot: it works on the text, a URL object costs more than the routing.
 */
export function mountPath(request: Request): string {
  const { url } = request;
  const start = url.indexOf("/", 8);
  const query = url.indexOf("?", start);
  const fragment = url.indexOf("#", start);
  let end = query < 0 ? url.length : query;
  if (fragment >= 0 && fragment < end) end = fragment;
  while (end > start + 1 && url.charCodeAt(end - 1) === 47) end--;
  const path = start < 0 ? "/" : url.slice(start, end);
  const plain = path.startsWith("/api/v") ? unversioned(path) : path;
  return plain.includes("%") ? decode(plain) : plain;
}

function unversioned(path: string): string {
  const match = /^\/api\/v[13](\/.*|$)/.exec(path);
  if (match === null) return path;
  const rest = match[1] ?? "";
  if (rest === "/docs") return "/docs";
  return rest.startsWith("/api/") ? rest : `/api${rest}`;
}

/** Hono decodes parameters itself, so only a path that can't be decoded matters here: it matches no route. */
function decode(path: string): string {
  try {
    decodeURI(path);
    return path;
  } catch {
    return "/%";
  }
}

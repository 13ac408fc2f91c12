/**
 * `fetch` over connections that are kept for seconds only. A connection that the other side closes at the moment at
 * which we send on it leaves the outcome unknown; Meta keeps idle ones far longer than this, so we let go first.
 */
export function createGraphFetch(
  { idleMs = 10_000 }: { idleMs?: number } = {},
): { readonly fetch: typeof globalThis.fetch; close(): void } {
  const client = Deno.createHttpClient({ poolIdleTimeout: idleMs });
  const options = { client };
  let open = true;
  return {
    fetch: (input, init) => fetch(input, { ...init, ...options }),
    close() {
      if (open) client.close();
      open = false;
    },
  };
}

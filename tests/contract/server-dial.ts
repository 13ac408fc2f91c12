import { serve, type ServeOptions } from "../../lib/adapters/http/serve.ts";

export const text = new TextEncoder();

export function start(options: Partial<ServeOptions> = {}) {
  return serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("hello"), ...options });
}

/** A client that writes bytes by hand; reads until the server ends the connection or `enough` is seen. */
export async function dial(port: number) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const decoder = new TextDecoder();
  return {
    write: (part: string) => conn.write(text.encode(part)),
    async read(enough = "\u0000never"): Promise<{ text: string; ended: boolean }> {
      const buffer = new Uint8Array(4096);
      let seen = "";
      while (!seen.includes(enough)) {
        const count = await conn.read(buffer).catch(() => null);
        if (count === null) return { text: seen, ended: true };
        seen += decoder.decode(buffer.subarray(0, count));
      }
      return { text: seen, ended: false };
    },
    close: () => conn.close(),
  };
}

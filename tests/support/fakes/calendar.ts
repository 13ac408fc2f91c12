import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import type { GuardedFetch } from "../../../lib/ports/fetch.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

export interface FakeCalendar extends Receiver {
  /** Reaches it by its name and trusts its certificate; 10.x is refused as it always is. */
  readonly fetch: GuardedFetch;
  /** What it serves from now on, as components of one calendar, or as it stands. */
  serve(what: { readonly components: string } | { readonly raw: string | Uint8Array<ArrayBuffer> }): void;
  address(name: string): string;
}

/** A server of calendars: an ETag for each content, 304 for who names it (RFC 9110, 13.1.2), 404 elsewhere. */
export async function startFakeCalendar(): Promise<FakeCalendar> {
  const folder = new URL("../certificates/", import.meta.url);
  const [cert = "", key = ""] = await Promise.all(
    ["shop.pem", "shop-key.pem"].map((name) => Deno.readTextFile(new URL(name, folder))),
  );
  let content: string | Uint8Array<ArrayBuffer> = "";
  let version = 0;
  const server = startReceiver({
    tls: { name: "shop.example", cert, key },
    check: ({ method, url }) =>
      method === "GET" && url.pathname.startsWith("/private/") ? null : new Response("none", { status: 404 }),
    usual: ({ headers }) => {
      const etag = `"v${version}"`;
      return headers.get("if-none-match") === etag
        ? new Response(null, { status: 304, headers: { etag } })
        : new Response(content, { headers: { etag, "content-type": "text/calendar; charset=utf-8" } });
    },
  });
  const fetch = createGuardedFetch({
    allowLoopbackForTests: true,
    resolve: (name) => Promise.resolve([name === "inside.example" ? "10.0.0.7" : "127.0.0.1"]),
    ca: cert,
  });
  return Object.assign(server, {
    fetch,
    serve(what: { components: string } | { raw: string | Uint8Array<ArrayBuffer> }) {
      version++;
      content = "raw" in what
        ? what.raw
        : `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//fake//EN\r\n${what.components}END:VCALENDAR\r\n`;
    },
    address: (name: string) => `${server.origin}/private/${name}/basic.ics`,
  });
}

/** An event of lines. */
export const vevent = (...lines: string[]) => `BEGIN:VEVENT\r\n${lines.join("\r\n")}\r\nEND:VEVENT\r\n`;

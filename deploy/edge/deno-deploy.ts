/** The entry on Deno Deploy: edge.ts with the platform's variables and the peer that it names. */
import { serveAtEdge } from "../../edge.ts";

const environment = Deno.env.toObject();

/** The platform keeps an isolate for a while after its answer; what fails late is found by the sweeper. */
function waitUntil(work: Promise<unknown>): void {
  work.catch(() => {});
}

Deno.serve((request, { remoteAddr }) => {
  const peer = "hostname" in remoteAddr ? remoteAddr.hostname : null;
  return serveAtEdge(request, { environment, peer, waitUntil });
});

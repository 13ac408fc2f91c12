import { errorAnswer, type GraphError } from "./graph-errors.ts";
import type { RawAnswer } from "./raw-server.ts";

/** What becomes of a message that passed the checks. With `delivered`, the customer gets it and the sender is not told. */
export type GraphCommand =
  | { readonly do: "ok"; readonly status?: string }
  | { readonly do: "error" } & GraphError
  /** Taken, answered late. */
  | { readonly do: "slow"; readonly ms: number }
  /** Never answered. */
  | { readonly do: "hang"; readonly delivered?: boolean }
  /** The connection closes after the body came, without an answer. */
  | { readonly do: "close"; readonly delivered?: boolean }
  /** The answer breaks off in its middle. */
  | { readonly do: "cut"; readonly delivered?: boolean }
  | { readonly do: "html"; readonly status?: number; readonly delivered?: boolean }
  | { readonly do: "malformed"; readonly delivered?: boolean }
  | { readonly do: "no_id"; readonly delivered?: boolean };

/** What to do with the next messages: a recipient's own commands come first, then the common ones, then `always`. */
export interface Commands {
  next(...commands: GraphCommand[]): void;
  forRecipient(to: string, ...commands: GraphCommand[]): void;
  always(command: GraphCommand): void;
  take(to: string): GraphCommand;
}

export function createCommands(): Commands {
  const common: GraphCommand[] = [];
  const own = new Map<string, GraphCommand[]>();
  let standing: GraphCommand = { do: "ok" };
  return {
    next: (...commands) => void common.push(...commands),
    forRecipient: (to, ...commands) => void own.set(to, [...own.get(to) ?? [], ...commands]),
    always: (command) => void (standing = command),
    take: (to) => own.get(to)?.shift() ?? common.shift() ?? standing,
  };
}

/** True when the customer gets the message. */
export function accepts(command: GraphCommand): boolean {
  if (command.do === "ok" || command.do === "slow") return true;
  return command.do !== "error" && command.delivered === true;
}

/** The answer in place of a success; null: the success itself. */
export function spoiled(command: GraphCommand, success: object): RawAnswer | null {
  switch (command.do) {
    case "ok":
    case "slow":
      return null;
    case "error":
      return errorAnswer(command);
    case "hang":
      return "hang";
    case "close":
      return "close";
    case "cut":
      return cutOff(JSON.stringify(success));
    case "html":
      return new Response("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", {
        status: command.status ?? 502,
        headers: { "content-type": "text/html" },
      });
    case "malformed":
      return new Response('{"messaging_product":"whatsapp","mess', {
        headers: { "content-type": "application/json" },
      });
    case "no_id":
      return Response.json({ ...success, messages: [{}] });
  }
}

function cutOff(whole: string): Response {
  const bytes = new TextEncoder().encode(whole);
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, bytes.length / 2));
    },
    pull: (controller) => controller.error(new Error("cut")),
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: { "content-type": "application/json", "content-length": String(bytes.length) },
  });
}

import { redactText } from "../../kernel/redact.ts";
import type { Logger } from "../../ports/log.ts";
import type { Meter, StrayKind } from "../../ports/meter.ts";

/** What failed where nobody waited for it. */
export interface Stray {
  readonly kind: StrayKind;
  readonly error: unknown;
}

const MESSAGES = {
  rejection: "A promise failed that nobody awaited",
  exception: "An error was thrown where nobody could catch it",
} as const satisfies Record<StrayKind, string>;

/** The runtime ends the process for such an error; from now on `told` decides instead. */
export function onStray(told: (stray: Stray) => void): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    told({ kind: "rejection", error: event.reason });
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    told({ kind: "exception", error: event.error ?? event.message });
  });
}

/**
 * Logs and counts strays and goes on: a library's forgotten promise is no reason to cut everybody else's requests and
 * jobs off. Nothing half done stays behind. A transaction settles with its own callback, and one that is left open is
 * undone before the next turn of the event loop; a run whose handler never ends is stopped by its time limit.
 */
export function surviveStrays(ports: () => { readonly log: Logger; readonly meter: Meter } | null): void {
  onStray(({ kind, error }) => {
    const there = ports();
    if (there === null) {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      return void Deno.stderr.writeSync(new TextEncoder().encode(`${MESSAGES[kind]}: ${redactText(text)}\n`));
    }
    there.meter.stray(kind);
    there.log.log("error", MESSAGES[kind], { error });
  });
}

import { redact, redactText } from "../../kernel/redact.ts";
import type { Logger, LogLevel } from "../../ports/log.ts";
import { LEVEL_RANK, requestFields, rest, RUN_LEVEL, runFields } from "./lines.ts";

export interface ConsoleLoggerOptions {
  /** Lines below this level are dropped. */
  readonly level: LogLevel;
  readonly service: string;
  readonly write?: (line: string) => void;
}

/** JSON lines straight to the console, which is where an edge platform collects them. Nothing is buffered. */
export function createConsoleLogger({ level, service, write = toConsole }: ConsoleLoggerOptions): Logger {
  const least = LEVEL_RANK[level];
  const quotedService = JSON.stringify(service);
  const head = (of: LogLevel) =>
    `{"time":"${new Date().toISOString()}","level":"${of}","service":${quotedService}`;
  return {
    log(of, message, fields = {}) {
      if (LEVEL_RANK[of] < least) return;
      write(`${head(of)},"message":${JSON.stringify(redactText(message))}${rest(redact(fields))}}`);
    },
    request(event) {
      const of: LogLevel = event.status >= 500 ? "error" : "info";
      if (LEVEL_RANK[of] >= least) write(head(of) + requestFields(event).trimEnd());
    },
    run(event) {
      const of = RUN_LEVEL[event.outcome];
      if (LEVEL_RANK[of] >= least) write(head(of) + runFields(event).trimEnd());
    },
    flush: () => Promise.resolve(),
  };
}

function toConsole(line: string): void {
  // deno-lint-ignore no-console -- the console is this adapter's output
  console.log(line);
}

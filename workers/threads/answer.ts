import type { PureFunction } from "../../lib/kernel/define-function.ts";
import { AppError, messageOf } from "../../lib/kernel/errors.ts";
import { serialise } from "../../lib/kernel/json.ts";
import type { Answer, Question } from "../../lib/ports/isolation.ts";

/** How often a function's word on its progress is passed on, in milliseconds; the last one always is. */
const TELL_MS = 100;

/** Runs the function that is asked for and answers; never throws. */
export async function answer(
  { name, args, maxBytes }: Question,
  { functions, send }: { functions: readonly PureFunction[]; send: (answer: Answer) => void },
): Promise<void> {
  let toldAt = -Infinity;
  let untold: Answer | null = null;
  const tell = () => {
    if (untold !== null) send(untold);
    untold = null;
    toldAt = performance.now();
  };
  const progress = (percent: number, message?: string) => {
    untold = { kind: "progress", percent, ...(message === undefined ? {} : { message }) };
    if (performance.now() - toldAt >= TELL_MS) tell();
  };
  try {
    const fn = functions.find((one) => one.name === name);
    if (fn === undefined) throw new AppError("validation_failed", `"${name}" does not run apart`);
    const json = serialise(await fn.run(args, { progress }), "The result");
    if (json.length > maxBytes) {
      throw new AppError("payload_too_large", `The result is larger than ${maxBytes} bytes`);
    }
    tell();
    send({ kind: "done", json });
  } catch (thrown) {
    tell();
    const code = thrown instanceof AppError ? thrown.code : null;
    send({ kind: "failed", code, message: messageOf(thrown).slice(0, 2000) });
  }
}

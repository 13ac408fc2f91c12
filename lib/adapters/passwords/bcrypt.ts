import { ROOT } from "#root";
import { AppError } from "../../kernel/errors.ts";
import { bcryptCostOf } from "./phc.ts";

/** Cost 15 takes seconds; a higher one in an import is an accident or an attack. */
const MAX_COST = 15;
const THREAD = new URL("./lib/adapters/passwords/bcrypt-thread.ts", ROOT);
const TIMEOUT_MS = 30_000;

/**
 * Checks in a thread of its own that lives for this one check: an imported user signs in this way once, and a
 * cost of 12 would hold the event loop for a quarter of a second.
 */
export async function verifyBcrypt(password: string, hash: string): Promise<boolean> {
  if (bcryptCostOf(hash) > MAX_COST) return false;
  const worker = new Worker(THREAD, { type: "module" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new AppError("busy", "The password took too long to check")),
        TIMEOUT_MS,
      );
      worker.onmessage = ({ data }) => resolve(data === true);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new AppError("internal", "The password could not be checked", { cause: event.message }));
      };
      worker.postMessage({ password, hash });
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

import type { Context } from "hono";
import { runCalled, sweepForCallbacks, syncSchedules } from "../../lib/jobs/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { tickInTurns } from "../../lib/schedules/mod.ts";
import { CALLBACK_PATHS } from "../../lib/ports/callbacks.ts";
import type { AppOptions } from "../app.ts";
import type { AppEnv } from "../env.ts";
import { createRouter, type Router } from "../router.ts";
import { failureOf, jobIdOf, proved } from "./callback.ts";
import { callbackRoute, failureRoute, sweepRoute } from "./contract.ts";

/** Where QStash calls: its signature comes first, then the system acts. */
export function createJobs({ callbacks = null, registry = new Map(), schedules = [] }: AppOptions): Router {
  let synced = schedules.length === 0;
  const system = (c: Context<AppEnv>) => c.var.ctx.as({ actor: systemActor("callback"), workspaceId: null });

  return createRouter()
    .openapi(callbackRoute, async (c) => {
      const body = await proved(c, { callbacks, path: CALLBACK_PATHS.job });
      const jobId = jobIdOf(body);
      if (jobId === null) throw unrepeatable("The body names no job");
      const called = await runCalled(system(c), { jobId, registry });
      if (called.kind === "impossible") throw unrepeatable(called.reason);
      if (called.kind === "busy") {
        const { retryAfterMs } = called;
        throw new AppError("busy", "Another run holds the job, or it is not due yet", { retryAfterMs });
      }
      return c.json({ outcome: called.kind }, 200);
    })
    .openapi(failureRoute, async (c) => {
      const body = await proved(c, { callbacks, path: CALLBACK_PATHS.failure });
      const failure = failureOf(body);
      if (failure === null) throw unrepeatable("The body is none of a failed callback");
      c.var.ctx.ports.log.log(
        "error",
        "QStash gave a callback up; the sweeper calls for the job again",
        failure,
      );
      return c.json({ logged: true }, 200);
    })
    .openapi(sweepRoute, async (c) => {
      await proved(c, { callbacks, path: CALLBACK_PATHS.sweep });
      const ctx = system(c);
      if (!synced) await syncSchedules(ctx, schedules);
      synced = true;
      const scheduled = await tickInTurns(ctx);
      return c.json({ ...await sweepForCallbacks(ctx, { registry, schedules }), scheduled }, 200);
    });
}

function unrepeatable(detail: string): AppError {
  return new AppError("not_repeatable", detail);
}

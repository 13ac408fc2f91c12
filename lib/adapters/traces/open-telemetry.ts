import type { Link, SpanContext } from "@opentelemetry/api";
import type { RunSpan, TracedRun, Traces } from "../../ports/traces.ts";

/** Jobs of which it is known who asked for them. */
const REMEMBERED = 10_000;

/**
 * The spans that Deno itself makes and sends (`OTEL_DENO=true`), by OpenTelemetry's names for HTTP, and one for each run
 * of a job. null, and nothing is loaded, where it makes none.
 */
export async function createTraces(): Promise<Traces | null> {
  if (Deno.env.get("OTEL_DENO") !== "true") return null;
  const { context, SpanKind, SpanStatusCode, trace } = await import("@opentelemetry/api");
  const tracer = trace.getTracer("cauce");
  const askedBy = new Map<string, SpanContext>();

  function linksOf(id: string): Link[] {
    const asked = askedBy.get(id);
    return asked === undefined ? [] : [{ context: asked }];
  }

  return {
    request(method, route) {
      const span = trace.getActiveSpan();
      span?.updateName(`${method} ${route}`);
      span?.setAttribute("http.route", route);
    },
    enqueued(jobIds) {
      const asked = trace.getActiveSpan()?.spanContext();
      if (asked === undefined) return;
      for (const id of jobIds) {
        // The first: a retry is woken by the run before it.
        if (askedBy.has(id)) continue;
        if (askedBy.size >= REMEMBERED) askedBy.delete(askedBy.keys().next().value ?? "");
        askedBy.set(id, asked);
      }
    },
    run({ id, name, lane, workspaceId, attempts }: TracedRun): RunSpan {
      const span = tracer.startSpan(nameOf(name), {
        // Whatever woke this process is not what asked for this job.
        root: true,
        kind: SpanKind.CONSUMER,
        links: linksOf(id),
        attributes: {
          "job.id": id,
          "job.name": name,
          "job.lane": lane,
          "job.attempt": attempts,
          ...(workspaceId === null ? {} : { "job.workspace": workspaceId }),
        },
      });
      const inside = trace.setSpan(context.active(), span);
      return {
        within: (work) => context.with(inside, work),
        end(outcome, error) {
          span.setAttribute("job.outcome", outcome);
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
          span.end();
        },
      };
    },
  };
}

/** `job knowledge.index`, `task math.sqrt`. */
function nameOf(name: string): string {
  return name.startsWith("task:") ? name.replace(":", " ") : `job ${name}`;
}

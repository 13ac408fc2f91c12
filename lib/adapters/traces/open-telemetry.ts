import type { Traces } from "../../ports/traces.ts";

/**
 * The spans that Deno itself makes and sends (`OTEL_DENO=true`), by OpenTelemetry's names for HTTP. null, and nothing
 * is loaded, where it makes none.
 */
export async function createTraces(): Promise<Traces | null> {
  if (Deno.env.get("OTEL_DENO") !== "true") return null;
  const { trace } = await import("@opentelemetry/api");
  return {
    request(method, route) {
      const span = trace.getActiveSpan();
      span?.updateName(`${method} ${route}`);
      span?.setAttribute("http.route", route);
    },
  };
}

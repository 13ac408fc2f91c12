import process from "node:process";
import type { ProcessFigures } from "../../ports/meter.ts";

/** Figures of this process as Deno tells them. Needs `--allow-sys` for the load average, which is else null. */
export function createProcessReader(startedAt: number = performance.now()): () => ProcessFigures {
  return () => {
    const { rss, heapUsed } = Deno.memoryUsage();
    return {
      uptime_s: Math.round((performance.now() - startedAt) / 1000),
      rss_bytes: rss,
      heap_used_bytes: heapUsed,
      cpu_cores: navigator.hardwareConcurrency,
      load_average: loadAverage(),
    };
  };
}

/** What this process has used of the machine since it began. */
export function readUsage(): { cpuMs: number; rssBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: Deno.memoryUsage().rss };
}

function loadAverage(): number | null {
  try {
    return Deno.loadavg()[0] ?? null;
  } catch {
    return null;
  }
}

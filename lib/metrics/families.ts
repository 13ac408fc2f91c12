import type { Histogram } from "../ports/meter.ts";

export type Labels = Readonly<Record<string, string>>;

interface FamilyBase {
  /** Without the product's prefix and, of a counter, without `_total`. */
  readonly name: string;
  readonly help: string;
}

/** What Prometheus calls a family: one name, one type, many labelled values. */
export type Family =
  | FamilyBase & {
    readonly type: "counter" | "gauge";
    readonly values: readonly { readonly labels?: Labels; readonly value: number }[];
  }
  | FamilyBase & {
    readonly type: "histogram";
    readonly values: readonly { readonly labels?: Labels; readonly histogram: Histogram }[];
  };

const PREFIX = "cauce_";

/** The text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */
export function render(families: readonly Family[]): string {
  return families.filter(({ values }) => values.length > 0).map(renderFamily).join("");
}

function renderFamily(family: Family): string {
  const name = `${PREFIX}${family.name}${family.type === "counter" ? "_total" : ""}`;
  const head = `# HELP ${name} ${
    family.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
  }\n# TYPE ${name} ${family.type}\n`;
  const lines = family.type === "histogram"
    ? family.values.map(({ labels = {}, histogram }) => histogramLines(name, labels, histogram))
    : family.values.map(({ labels = {}, value }) => `${name}${braces(labels)} ${number(value)}\n`);
  return head + lines.join("");
}

/** Durations are kept in milliseconds; Prometheus wants seconds, and buckets that hold all smaller ones. */
function histogramLines(name: string, labels: Labels, { edges, buckets, count, sumMs }: Histogram): string {
  let text = "", below = 0;
  for (const [i, edge] of edges.entries()) {
    below += buckets[i] ?? 0;
    text += `${name}_bucket${braces({ ...labels, le: number(edge / 1000) })} ${below}\n`;
  }
  return `${text}${name}_sum${braces(labels)} ${number(sumMs / 1000)}\n${name}_count${
    braces(labels)
  } ${count}\n`;
}

function number(value: number): string {
  return value === Infinity ? "+Inf" : String(Math.round(value * 1e9) / 1e9);
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

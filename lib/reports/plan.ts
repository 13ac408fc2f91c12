import { loadBusiness, localeOf } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { daysOf, instantOf, momentSchema, wallClock } from "../business-time/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, type FieldError } from "../kernel/errors.ts";
import type { CellKind, TableColumn } from "../ports/tables.ts";
import type { Dataset, DatasetColumn, Language } from "./dataset.ts";
import { DATASETS } from "./datasets.ts";
import { type GroupPlan, measureKind } from "./group.ts";
import type { Definition, Filter, PlannedFilter } from "./schemas.ts";

/** A definition that was found to fit: what to read, and what to show of it. */
export interface Plan {
  readonly title: string;
  readonly dataset: Dataset;
  readonly language: Language;
  readonly read: readonly DatasetColumn[];
  readonly filters: readonly PlannedFilter[];
  readonly from: number | null;
  readonly to: number | null;
  readonly columns: readonly TableColumn[];
  /** null: rows are shown as they are. */
  readonly groups: GroupPlan | null;
  readonly wall: (at: number) => number;
  /** It can hold what is erased with a customer, or names one in what it asks for. */
  readonly personal: boolean;
}

/** Checks a definition against the catalogue. Throws 422 with every path, 403 without the dataset's scope. */
export async function planReport(ctx: Ctx, definition: Definition): Promise<Plan> {
  requireScope(ctx, "reports:read");
  const dataset = Object.hasOwn(DATASETS, definition.dataset) ? DATASETS[definition.dataset] : undefined;
  if (dataset === undefined) {
    throw refusal([{ path: "dataset", message: `must be one of ${Object.keys(DATASETS).join(", ")}` }]);
  }
  requireScope(ctx, dataset.scope);
  const { timezone, languages } = await loadBusiness(ctx);
  const filters = definition.filters.map((filter) => withInstants(filter, { dataset, zone: timezone }));
  const errors = [...unknownColumns(dataset, definition), ...misuses(dataset, { ...definition, filters })];
  const { range } = definition;
  if (range !== undefined && (definition.from !== undefined || definition.to !== undefined)) {
    errors.push({ path: "range", message: "takes the place of from and to: leave those out" });
  }
  const period = range === undefined ? definition : daysOf(range, { zone: timezone, now: ctx.now() });
  const bound = (moment: string | undefined, edge: "start" | "end") =>
    moment === undefined ? null : instantOf(moment, { zone: timezone, edge });
  const [from, to] = [bound(period.from, "start"), bound(period.to, "end")];
  if (from !== null && to !== null && from >= to) errors.push({ path: "to", message: "must be after from" });
  if (errors.length > 0) throw refusal(errors);
  const language = definition.language ?? localeOf([], languages);
  const wall = wallClock(timezone);
  const parts = shown();
  const asked = [...parts.read, ...filters.map(({ column }) => columnOf(dataset, column))];
  const personal = asked.some((column) => column?.person === true);
  const [first] = definition.group_by;
  const title = (first === undefined ? undefined : dataset.grouped?.[first.column]) ?? dataset.title;
  return { title: title[language], dataset, language, filters, from, to, wall, personal, ...parts };

  function shown(): Pick<Plan, "read" | "columns" | "groups"> {
    if (dataset === undefined) throw new AppError("internal", "A plan needs its dataset");
    return grouped(definition) ? groupedBy(dataset, { definition, language, wall }) : plain(dataset, {
      names: definition.columns ?? dataset.plain,
      language,
    });
  }
}

const grouped = ({ group_by, measures }: Definition) => group_by.length + measures.length > 0;

function refusal(errors: readonly FieldError[]): AppError {
  const [first] = errors;
  return new AppError("validation_failed", `${first?.path}: ${first?.message}`, { errors });
}

function columnOf(dataset: Dataset, name: string): DatasetColumn | undefined {
  return Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined;
}

function unknownColumns(dataset: Dataset, definition: Definition): FieldError[] {
  const named: [string, string | undefined][] = [
    ...(definition.columns ?? []).map((name, at): [string, string] => [`columns.${at}`, name]),
    ...definition.filters.map(({ column }, at): [string, string] => [`filters.${at}.column`, column]),
    ...definition.group_by.map(({ column }, at): [string, string] => [`group_by.${at}.column`, column]),
    ...definition.measures.map(({ column }, at): [string, string | undefined] => [
      `measures.${at}.column`,
      column,
    ]),
  ];
  const message = `must be a column of ${definition.dataset}: ${Object.keys(dataset.columns).join(", ")}`;
  return named.filter(([, name]) => name !== undefined && columnOf(dataset, name) === undefined)
    .map(([path]) => ({ path, message }));
}

const AT_THE_END: ReadonlySet<Filter["op"]> = new Set(["lte", "gt"]);

const WITHIN: ReadonlySet<Filter["op"]> = new Set(["eq", "ne", "in"]);

/** Times of a filter as they are kept. A day is one of the business's zone, the whole of it whatever the operator. */
function withInstants(filter: Filter, { dataset, zone }: { dataset: Dataset; zone: string }): PlannedFilter {
  const { column, op, value } = filter;
  if (columnOf(dataset, column)?.kind !== "time" || value === undefined) return filter;
  const isMoment = (one: unknown): one is string =>
    typeof one === "string" && momentSchema.safeParse(one).success;
  const isDay = (one: unknown): one is string => isMoment(one) && !one.includes("T");
  const edge = AT_THE_END.has(op) ? "end" : "start";
  const instant = <T>(one: T): T | number =>
    isMoment(one) ? instantOf(one, { zone, edge }) - (edge === "end" && isDay(one) ? 1 : 0) : one;
  const values = Array.isArray(value) ? value : [value];
  const spans = values.map((one) => {
    const from = Number(instant(one));
    return { from, to: isDay(one) ? instantOf(one, { zone, edge: "end" }) : from + 1 };
  });
  return {
    ...filter,
    value: Array.isArray(value) ? value.map(instant) : instant(value),
    ...(WITHIN.has(op) && values.some(isDay) ? { spans } : {}),
  };
}

const ORDERED: ReadonlySet<Filter["op"]> = new Set(["lt", "lte", "gt", "gte"]);
const VALUELESS: ReadonlySet<Filter["op"]> = new Set(["empty", "not_empty"]);

function misuses(dataset: Dataset, { filters, group_by, measures, columns }: Definition): FieldError[] {
  const errors: FieldError[] = [];
  filters.forEach(({ column, op, value }, at) => {
    const kind = columnOf(dataset, column)?.kind;
    const path = `filters.${at}.value`;
    if (VALUELESS.has(op)) {
      if (value !== undefined) errors.push({ path, message: `must be left out with ${op}` });
    } else if (value === undefined) errors.push({ path, message: `is needed with ${op}` });
    else if (Array.isArray(value) !== (op === "in")) {
      errors.push({ path, message: op === "in" ? "must be a list" : "must be one value" });
    } else if (kind !== undefined && !fits(value, kind)) {
      errors.push({ path, message: `must be a ${VALUE[kind]}` });
    }
    if (op === "contains" && kind === "time") {
      errors.push({ path: `filters.${at}.op`, message: "a time holds no text: take eq for a whole day" });
    }
    if (ORDERED.has(op) && kind === "flag") {
      errors.push({ path: `filters.${at}.op`, message: "a yes or no has no order" });
    }
  });
  group_by.forEach(({ column, bucket }, at) => {
    if (bucket !== undefined && columnOf(dataset, column)?.kind !== "time") {
      errors.push({ path: `group_by.${at}.bucket`, message: "only a time falls into buckets" });
    }
  });
  measures.forEach(({ fn, column }, at) => {
    const kind = column === undefined ? undefined : columnOf(dataset, column)?.kind;
    if (fn !== "count" && column === undefined) {
      errors.push({ path: `measures.${at}.column`, message: `is needed with ${fn}` });
    } else if (fn !== "count" && kind === "text") {
      errors.push({ path: `measures.${at}.column`, message: `a text has no ${fn}` });
    }
  });
  if (columns !== undefined && group_by.length + measures.length > 0) {
    errors.push({
      path: "columns",
      message: "must be left out of a grouped report: it shows its groups and measures",
    });
  }
  return errors;
}

const VALUE = {
  text: "text",
  number: "number",
  time: "time such as 2026-11-30T09:00:00Z, a day, or a number of milliseconds since 1970",
  duration: "number of milliseconds",
  flag: "true or false",
} as const satisfies Record<CellKind, string>;

const FITS = {
  text: (one) => typeof one === "string",
  number: (one) => typeof one === "number",
  time: (one) => typeof one === "number",
  duration: (one) => typeof one === "number",
  flag: (one) => typeof one === "boolean",
} as const satisfies Record<CellKind, (one: unknown) => boolean>;

function fits(value: NonNullable<Filter["value"]>, kind: CellKind): boolean {
  return Array.isArray(value) ? value.every(FITS[kind]) : FITS[kind](value);
}

function plain(dataset: Dataset, { names, language }: { names: readonly string[]; language: Language }) {
  const read: DatasetColumn[] = [];
  const columns: TableColumn[] = [];
  for (const key of names) {
    const column = columnOf(dataset, key);
    if (column === undefined) continue;
    read.push(column);
    columns.push({ key, label: column.label[language], kind: column.kind, ...saidIn(column, language) });
  }
  return { read, columns, groups: null };
}

function saidIn({ choices }: DatasetColumn, language: Language): Pick<TableColumn, "says"> {
  if (choices === undefined) return {};
  return { says: new Map(Object.entries(choices).map(([value, said]) => [value, said[language]])) };
}

const MEASURE_WORDS = {
  count: { es: "Cantidad", en: "Count" },
  sum: { es: "Suma", en: "Sum" },
  avg: { es: "Promedio", en: "Average" },
  min: { es: "Mínimo", en: "Minimum" },
  max: { es: "Máximo", en: "Maximum" },
} as const;

function groupedBy(
  dataset: Dataset,
  { definition, language, wall }: {
    definition: Definition;
    language: Language;
    wall: (at: number) => number;
  },
) {
  const names = [
    ...new Set([...definition.group_by, ...definition.measures].flatMap(({ column }) => column ?? [])),
  ];
  const { read } = plain(dataset, { names, language });
  const given = definition.measures.length > 0 ? definition.measures : [{ fn: "count" as const }];
  const groupings = definition.group_by.map((one) => ({ ...one, at: names.indexOf(one.column) }));
  const measures = given.map((one) => ({
    ...one,
    at: one.column === undefined ? null : names.indexOf(one.column),
  }));
  const columns = [
    ...groupings.map(({ column, bucket }): TableColumn => {
      const of = dataset.columns[column];
      const kind = bucket === undefined ? of?.kind ?? "text" : "text";
      return {
        key: bucket === undefined ? column : `${column}_${bucket}`,
        label: of?.label[language] ?? column,
        kind,
        ...(of === undefined ? {} : saidIn(of, language)),
      };
    }),
    ...measures.map(({ fn, column }): TableColumn => {
      const of = column === undefined ? undefined : dataset.columns[column];
      const words = MEASURE_WORDS[fn][language];
      return {
        key: column === undefined ? fn : `${fn}_${column}`,
        label: of === undefined ? words : `${words}: ${of.label[language]}`,
        kind: measureKind(fn, of?.kind ?? null),
      };
    }),
  ];
  return { read, columns, groups: { groupings, measures, wall } };
}

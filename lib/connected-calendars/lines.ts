import { nextTurn } from "../kernel/clock.ts";

/** A line of a calendar (RFC 5545, 3.1). */
export interface Property {
  readonly name: string;
  /** Of each parameter the first value, without its quotes. */
  readonly params: ReadonlyMap<string, string>;
  readonly value: string;
}

export interface Component {
  readonly name: string;
  readonly properties: readonly Property[];
  readonly children: readonly Component[];
}

/** What says when somebody is busy; everything else is passed over unread. */
const KEPT: ReadonlySet<string> = new Set([
  "DTSTART",
  "DTEND",
  "DURATION",
  "RRULE",
  "RDATE",
  "EXDATE",
  "RECURRENCE-ID",
  "UID",
  "TRANSP",
  "STATUS",
  "FREEBUSY",
  "TZID",
  "TZOFFSETFROM",
  "TZOFFSETTO",
  "X-LIC-LOCATION",
  "X-WR-TIMEZONE",
  "X-MICROSOFT-CDO-BUSYSTATUS",
]);
const DEEPEST = 4;
const LINES_A_TURN = 10_000;

interface Open {
  readonly name: string;
  readonly properties: Property[];
  readonly children: Component[];
}

/** The calendars of a text, an object a file or several; null: it is none, or it broke off. */
export async function readComponents(text: string): Promise<Component[] | null> {
  const lines = text.replace(/^\uFEFF/, "").replace(/\r?\n[ \t]/g, "").split(/\r?\n/);
  const calendars: Component[] = [];
  const open: Open[] = [];
  for (const [at, line] of lines.entries()) {
    if (at % LINES_A_TURN === LINES_A_TURN - 1) await nextTurn();
    if (line === "") continue;
    const property = readLine(line);
    if (property === null) {
      if (open.length === 0) return null;
      continue;
    }
    const { name, value } = property;
    if (name === "BEGIN") {
      if (open.length === 0 && value !== "VCALENDAR") return null;
      if (open.length >= DEEPEST) return null;
      open.push({ name: value, properties: [], children: [] });
    } else if (name === "END") {
      const done = open.pop();
      if (done === undefined || done.name !== value) return null;
      (open.at(-1)?.children ?? calendars).push(done);
    } else {
      open.at(-1)?.properties.push(property);
    }
  }
  return open.length > 0 || calendars.length === 0 ? null : calendars;
}

/** null for a line that nobody asks about, or that is none. */
function readLine(line: string): Property | null {
  const name = /^[A-Za-z0-9-]{1,40}(?=[;:])/.exec(line)?.[0].toUpperCase();
  if (name === undefined) return null;
  const block = name === "BEGIN" || name === "END";
  if (!block && !KEPT.has(name)) return null;
  const params = new Map<string, string>();
  let at = name.length;
  while (line[at] === ";") {
    const param = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)/y;
    param.lastIndex = at;
    const found = param.exec(line);
    if (found === null) return null;
    params.set((found[1] ?? "").toUpperCase(), (found[2] ?? "").replace(/"/g, ""));
    at = param.lastIndex;
  }
  if (line[at] !== ":") return null;
  const value = line.slice(at + 1).trim();
  return { name, params, value: block ? value.toUpperCase() : value };
}

export function propertyOf({ properties }: Component, name: string): Property | undefined {
  return properties.find((one) => one.name === name);
}

export function valueOf(component: Component, name: string): string {
  return propertyOf(component, name)?.value ?? "";
}

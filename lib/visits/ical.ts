import { DAY } from "../kernel/clock.ts";

/** An appointment as a calendar knows it. Times are UTC milliseconds. */
export interface CalendarEvent {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly location: string | null;
  readonly description: string | null;
  readonly status: "CONFIRMED" | "TENTATIVE" | "CANCELLED";
  readonly sequence: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly position: { readonly latitude: number; readonly longitude: number } | null;
}

/** A published calendar (RFC 5545): CRLF, lines of at most 75 octets, texts escaped, times in UTC. */
export function toICalendar(
  events: readonly CalendarEvent[],
  { name, now }: { name: string; now: number },
): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Cauce//Visits//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `NAME:${escape(name)}`,
    `X-WR-CALNAME:${escape(name)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ...events.flatMap((event) => eventLines(event, now)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

function eventLines(event: CalendarEvent, now: number): string[] {
  const { position, location, description } = event;
  return [
    "BEGIN:VEVENT",
    `UID:${event.id}@cauce`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(event.start)}`,
    `DTEND:${utc(event.end)}`,
    `SUMMARY:${escape(event.summary)}`,
    ...(location === null ? [] : [`LOCATION:${escape(location)}`]),
    ...(description === null ? [] : [`DESCRIPTION:${escape(description)}`]),
    ...(position === null ? [] : [`GEO:${position.latitude};${position.longitude}`]),
    `STATUS:${event.status}`,
    `SEQUENCE:${event.sequence}`,
    `CREATED:${utc(event.createdAt)}`,
    `LAST-MODIFIED:${utc(event.updatedAt)}`,
    "END:VEVENT",
  ];
}

/** 3.3.11: backslash, semicolon and comma are escaped, a line end is `\n`; other control characters are no text. */
function escape(text: string): string {
  return text.replace(/[\\;,]/g, (char) => `\\${char}`).replace(/\r\n|\r|\n/g, "\\n")
    // deno-lint-ignore no-control-regex -- they are what the standard forbids
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

/** 3.3.5, form 2: `20261201T150000Z`. */
function utc(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

const OCTETS = 75;
const encoder = new TextEncoder();

/** 3.1: a longer line goes on in the next one after a space. No character is cut in two. */
function fold(line: string): string {
  if (encoder.encode(line).byteLength <= OCTETS) return line;
  const parts: string[] = [];
  let part = "";
  let octets = 0;
  for (const char of line) {
    const size = encoder.encode(char).byteLength;
    // The space of a part that goes on counts as well.
    if (octets + size > OCTETS - (parts.length === 0 ? 0 : 1)) {
      parts.push(part);
      part = "";
      octets = 0;
    }
    part += char;
    octets += size;
  }
  return [...parts, part].join("\r\n ");
}

/** How far back and ahead a feed reaches; of more than `most` visits it has those nearest to now. */
export const FEED_SPAN = { backMs: 60 * DAY, aheadMs: 400 * DAY, most: 2000 } as const;

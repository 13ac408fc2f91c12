const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 200;

/** Making one takes longer than to use it a hundred times. */
function formatOf(zone: string, language: string): Intl.DateTimeFormat {
  const key = `${zone} ${language}`;
  let format = formats.get(key);
  if (format === undefined) {
    if (formats.size >= MOST_FORMATS) formats.clear();
    format = new Intl.DateTimeFormat(language, {
      timeZone: zone,
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    });
    formats.set(key, format);
  }
  return format;
}

/** A time as words for people, on the clock of a zone: "martes, 1 de diciembre de 2026, 09:00 CST". */
export function writtenTime(at: number, { zone, language }: { zone: string; language: string }): string {
  return formatOf(zone, language).format(at);
}

/** A day as words for people: "1 de diciembre de 2026". */
export function writtenDay(date: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(date));
}

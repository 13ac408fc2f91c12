import assert from "node:assert/strict";

/** A component's properties by name, its values unescaped; what RFC 5545 asks of lines is checked on the way. */
export function readICalendar(
  text: string,
): { calendar: Map<string, string>; events: Map<string, string>[] } {
  assert.ok(text.endsWith("\r\n"), "lines end with CRLF");
  assert.ok(!/(^|[^\r])\n|\r(?!\n)/.test(text), "no other line ends");
  for (const line of text.split("\r\n")) {
    assert.ok(new TextEncoder().encode(line).byteLength <= 75, `a line of at most 75 octets: ${line}`);
    assert.ok(!line.includes("\ufffd"));
  }
  const lines = text.replace(/\r\n[ \t]/g, "").split("\r\n").slice(0, -1);
  assert.deepEqual([lines[0], lines.at(-1)], ["BEGIN:VCALENDAR", "END:VCALENDAR"]);
  const calendar = new Map<string, string>();
  const events: Map<string, string>[] = [];
  let at = calendar;
  for (const line of lines) {
    const [, name = "", value = ""] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? assert.fail(line);
    if (line === "BEGIN:VEVENT") events.push(at = new Map());
    else if (line === "END:VEVENT") at = calendar;
    else {at.set(
        name,
        value.replace(/\\([\\;,nN])/g, (_, char: string) => char.toLowerCase() === "n" ? "\n" : char),
      );}
  }
  return { calendar, events };
}

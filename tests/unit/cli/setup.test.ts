import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { ask } from "../../../cli/commands/setup.ts";
import { parseHours } from "../../../cli/hours.ts";

const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"];

Deno.test("parseHours reads days and hours as they are written in English and in Spanish", () => {
  const nineToSix = Object.fromEntries(WEEK.map((day) => [day, [{ from: "09:00", to: "18:00" }]]));
  for (
    const text of [
      "mon-fri 09:00-18:00",
      "Lun-Vie 9-18",
      "lunes a viernes 9:00 a 18:00",
      "monday to friday 9 to 18",
    ]
  ) {
    assert.deepEqual(parseHours(text), nineToSix, text);
  }
  assert.deepEqual(parseHours("mié 9-14,16-19:30; sábado a domingo 10-14"), {
    wednesday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "19:30" }],
    saturday: [{ from: "10:00", to: "14:00" }],
    sunday: [{ from: "10:00", to: "14:00" }],
  });
  for (const text of ["always", " Siempre "]) assert.equal(parseHours(text), null);
  for (const text of ["lun-fri 9-18", "9-18", "mon-fri nine", "luz 9-18"]) {
    assert.throws(() => parseHours(text), /mon-fri/, text);
  }
});

/** A terminal of which each line is typed once its question is asked. */
function terminal(lines: readonly string[]) {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: "utf8" });
  const rest = [...lines];
  let said = "";
  output.on("data", (text: string) => {
    said += text;
    if (!text.endsWith(": ")) return;
    const next = rest.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\n`);
  });
  return { streams: { input, output }, said: () => said };
}

Deno.test("setup asks again at once for what it can't use, and keeps what was answered", async () => {
  const { streams, said } = terminal([
    "Taller Luz",
    "Luna/Mar",
    "America/Bogota",
    "mañanas",
    "lun-vie 9-18",
    "es",
    "",
  ]);
  assert.deepEqual(await ask(streams), {
    name: "Taller Luz",
    timezone: "America/Bogota",
    hours: "lun-vie 9-18",
    languages: "es",
  });
  assert.match(said(), /Luna\/Mar[^]*mananas/);
});

Deno.test("setup that is left in the middle says that nothing was changed", async () => {
  const { streams } = terminal(["Taller Luz"]);
  await assert.rejects(ask(streams), /nothing was changed/);
  const early = terminal([]);
  early.streams.input.end("Taller Luz\n");
  await assert.rejects(ask(early.streams), /nothing was changed/, "before the next question");
});

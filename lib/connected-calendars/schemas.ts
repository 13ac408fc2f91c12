import { z } from "zod";
import { filledText } from "../kernel/fields.ts";

export const CALENDAR_STATES = ["waiting", "ok", "failing"] as const;

export const newConnection = z.object({
  name: filledText(120).meta({ example: "Calendario personal" }),
  url: z.string().min(1).max(2000).transform((value) => value.trim().replace(/^webcal:/i, "https:"))
    .refine(
      (value) => /^https:\/\//i.test(value),
      "must be an address that begins with https:// or webcal://",
    )
    .meta({
      example: "https://calendar.example.com/ana/private-5f2c/basic.ics",
      description: "The secret address of the calendar in iCalendar form; it is never shown again",
    }),
});
export type NewConnection = z.input<typeof newConnection>;

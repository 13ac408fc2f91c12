import { z } from "zod";
import { cleanText } from "./text.ts";

/** Text as it is stored: without NUL and lone surrogates, trimmed; may be empty. */
export const text = (max: number) => z.string().max(max).transform((value) => cleanText(value).trim());

/** The same, of at least one character. */
export const filledText = (max: number) => text(max).pipe(z.string().min(1, "must not be empty"));

/** `es`, `en-US` (BCP 47, the common part of it). */
export const languageTag = z.string().regex(
  /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
  "must be a language tag such as es or en-US",
).max(35);

/** A number as people write it; `normalPhone` says whose it is. */
export const phoneField = z.string().max(40).regex(
  /^\+?(?:[\s().-]*\d){5,}[\s().-]*$/,
  "must be a phone number",
);

/** An id of ours in a body or a query. */
export const idField = (example: string) => z.string().min(1).max(64).meta({ example });

/** Nothing that people write down happened before, or will after: a slip of the hand, or a clock that was never set. */
const YEARS = { from: 1970, to: 2199 } as const;

/** A time with its offset, of years that mean something. */
export const instantField = z.iso.datetime({ offset: true, abort: true }).refine((time) => {
  const year = new Date(time).getUTCFullYear();
  return year >= YEARS.from && year <= YEARS.to;
}, `must be a time of the years ${YEARS.from} to ${YEARS.to}`);

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

/** An id of ours in a body or a query. */
export const idField = (example: string) => z.string().min(1).max(64).meta({ example });

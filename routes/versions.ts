import { z } from "@hono/zod-openapi";

/** The versions under which a change is wanted; without it any is. */
export const ifMatch = z.object({
  "if-match": z.string().max(200).optional().openapi({
    example: '"3"',
    description: "The ETag that was read: the change is refused when it has another one by now",
  }),
});

/**
 * The versions that an `If-Match` names (RFC 9110, 13.1.1); undefined where it is absent or `*`, which any version
 * meets. What is no version of ours matches none.
 */
export function versionsOf(header: string | undefined): number[] | undefined {
  const tags = header?.split(",").map((tag) => tag.trim());
  if (tags === undefined || tags.includes("*")) return undefined;
  return tags.flatMap((tag) => {
    const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** The ETag of a version. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

/** What a change of one thing is about: its id, and the versions under which it is wanted. */
export function choiceOf(
  { id }: { readonly id: string },
  header: { readonly "if-match"?: string | undefined },
): { id: string; versions: number[] | undefined } {
  return { id, versions: versionsOf(header["if-match"]) };
}

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

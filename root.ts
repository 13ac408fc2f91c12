/**
 * The folder of the project, wherever the code that asks for it was bundled to: bundles leave this module out and
 * find it by its name in deno.json.
 */
export const ROOT = new URL("./", import.meta.url);

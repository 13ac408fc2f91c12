/** A file of an npm package that we serve ourselves. */
interface VendorFile {
  /** Where the package has it. */
  readonly locate: () => Promise<string>;
  /** Text put in place of another, exactly once each. */
  readonly replace?: Readonly<Record<string, string>>;
}

const swaggerUi = (file: string): VendorFile => ({
  locate: async () => {
    // The import puts the package into the module graph, so that it is installed before it is needed.
    await import("swagger-ui-dist/package.json", { with: { type: "json" } });
    return import.meta.resolve(`swagger-ui-dist/${file}`);
  },
});

const redoc = (file: string, replace: Readonly<Record<string, string>>): VendorFile => ({
  locate: async () => {
    await import("redoc/package.json", { with: { type: "json" } });
    return import.meta.resolve(`redoc/${file}`);
  },
  replace,
});

/** Redoc fetches its footer's logo from its maker's CDN; ours comes from here, so nothing leaves the server. */
const REDOC_LOGO = { "https://cdn.redoc.ly/redoc/logo-mini.svg": "/assets/docs/redoc-logo.svg" };

const FILES: Readonly<Record<string, VendorFile>> = {
  "vendor/swagger-ui.css": swaggerUi("swagger-ui.css"),
  "vendor/swagger-ui-bundle.js": swaggerUi("swagger-ui-bundle.js"),
  "vendor/redoc.standalone.js": redoc("bundles/redoc.standalone.js", REDOC_LOGO),
};

/** The bytes of a package's file under its served name; null when it is none of these. */
export async function readVendorFile(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = FILES[name];
  if (file === undefined) return null;
  const bytes = await Deno.readFile(new URL(await file.locate()));
  if (file.replace === undefined) return bytes;
  let text = new TextDecoder().decode(bytes);
  for (const [from, to] of Object.entries(file.replace)) text = text.replace(from, () => to);
  return new TextEncoder().encode(text);
}

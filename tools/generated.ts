/** `deno run -P=api tools/generated.ts [--check]`: writes (or checks) the files that are made from code. */
import { z } from "zod";
import { complain } from "../cli/output.ts";
import { SETTING_GROUPS } from "../lib/config-schema.ts";

const SECRET = /KEY|SECRET|TOKEN|PASS/;

/** `.env.example`: every setting with its explanation and default. */
export function envExample(): string {
  const lines = [
    "# Every setting of Cauce, made from lib/config-schema.ts by `deno task generate`; copy it to .env and edit.",
    "# All are optional in development. In production JWT_SECRET, ENCRYPTION_KEY and, on the first start,",
    "# ADMIN_PASSWORD must be set.",
  ];
  for (const [group, settings] of Object.entries(SETTING_GROUPS)) {
    lines.push("", `# --- ${group} ---`);
    for (const [name, schema] of Object.entries(settings)) {
      const fallback = defaultOf(schema);
      lines.push(
        `# ${describe(schema)}`,
        SECRET.test(name) || fallback === "" ? `#${name}=` : `#${name}=${fallback}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function describe(schema: z.ZodType): string {
  return schema.description ?? inner(schema)?.description ?? "";
}

/** The schema under a default, an optional or a transform. */
function inner(schema: z.ZodType): z.ZodType | null {
  const definition: object = schema.def;
  for (const key of ["innerType", "in"]) {
    const next: unknown = Reflect.get(definition, key);
    if (next instanceof z.ZodType) return next;
  }
  return null;
}

function defaultOf(schema: z.ZodType): string {
  for (let at: z.ZodType | null = schema; at !== null; at = inner(at)) {
    const value: unknown = Reflect.get(at.def, "defaultValue");
    if (value !== undefined) return String(value);
  }
  return "";
}

const FILES: Readonly<Record<string, () => string>> = { ".env.example": envExample };

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const stale: string[] = [];
  for (const [path, make] of Object.entries(FILES)) {
    const made = make();
    if (await Deno.readTextFile(path).catch(() => "") === made) continue;
    if (check) stale.push(path);
    else await Deno.writeTextFile(path, made);
  }
  if (stale.length > 0) {
    complain(`Not up to date: ${stale.join(", ")}. Run: deno task generate`);
    Deno.exit(1);
  }
}

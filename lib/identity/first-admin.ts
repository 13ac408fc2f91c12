import { audit } from "../audit/mod.ts";
import { ConfigError, NO_ADMIN_PASSWORD } from "../config.ts";
import type { Ctx } from "../context.ts";
import { newSecret } from "../kernel/ids.ts";
import { hashPassword } from "./passwords.ts";
import { normalEmail } from "./policy.ts";
import { writeUser, writeWorkspace } from "./register.ts";
import { strengthOf } from "./strength.ts";
import { countUsers } from "./store.ts";
import { DEFAULT_SLUG } from "./workspaces.ts";

const MIN_ADMIN_SCORE = 3;

export interface FirstAdmin {
  /** False: there are users already, nothing was done. */
  readonly created: boolean;
  /** The generated password, to be printed this once; null when ADMIN_PASSWORD gave it. */
  readonly password: string | null;
  /** ADMIN_PASSWORD is easy to guess (development only). */
  readonly weak: boolean;
}

/**
 * On the first start makes the user `admin`, the platform's admin, who owns the workspace `default`. Throws
 * ConfigError in production when ADMIN_PASSWORD is missing or easy to guess.
 */
export async function ensureFirstAdmin(ctx: Ctx): Promise<FirstAdmin> {
  if (await countUsers(ctx) > 0) return { created: false, password: null, weak: false };
  const { adminPassword, adminEmail } = ctx.config.identity;
  const email = normalEmail(adminEmail);
  const weak = adminPassword !== null && await isWeak(ctx, { password: adminPassword, email });
  if (ctx.config.env === "production") {
    if (adminPassword === null) {
      throw new ConfigError([NO_ADMIN_PASSWORD]);
    }
    if (weak) throw new ConfigError(["ADMIN_PASSWORD: is too easy to guess; use a longer one"]);
  }
  const password = adminPassword ?? newSecret(18);
  const passwordHash = await hashPassword(ctx, password);
  const created = await ctx.transact(async (tx) => {
    if (await countUsers(tx) > 0) return false;
    const user = await writeUser(tx, {
      user: { email, username: "admin", name: "Admin" },
      passwordHash,
      platformAdmin: true,
    });
    const workspaceId = await writeWorkspace(tx, { name: "Default", ownerId: user.id, slug: DEFAULT_SLUG });
    await audit(tx, { action: "user.create", subjectId: user.id, workspaceId, detail: { first: true } });
    return true;
  });
  return { created, password: created && adminPassword === null ? password : null, weak: created && weak };
}

/** In development a long password of many different characters is believed, to spare the start the dictionaries. */
async function isWeak(ctx: Ctx, { password, email }: { password: string; email: string }): Promise<boolean> {
  const plainlyLong = password.length >= 16 && new Set(password).size >= 10;
  if (plainlyLong && ctx.config.env === "development") return false;
  return (await strengthOf(password, ["admin", email])).score < MIN_ADMIN_SCORE;
}

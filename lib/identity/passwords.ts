import type { Ctx } from "../context.ts";
import { newSecret } from "../kernel/ids.ts";
import type { PasswordHasher } from "../ports/passwords.ts";

const decoys = new WeakMap<PasswordHasher, Promise<string>>();

/** One hash that nobody knows the password of, so that an unknown user costs what a known one costs. */
function decoyOf(passwords: PasswordHasher): Promise<string> {
  let decoy = decoys.get(passwords);
  if (decoy === undefined) {
    decoys.set(passwords, decoy = passwords.hash(newSecret()));
    // A hasher that was busy just then must not refuse every sign-in from then on.
    decoy.catch(() => decoys.delete(passwords));
  }
  return decoy;
}

/** The same text typed on two keyboards is the same password. */
function normal(password: string): string {
  return password.normalize("NFC");
}

export async function hashPassword(ctx: Ctx, password: string): Promise<string> {
  return await ctx.ports.passwords.hash(normal(password));
}

/** One verification in every case; `hash` null (no such user, or no password set) is never right. */
export async function checkPassword(
  ctx: Ctx,
  { password, hash }: { password: string; hash: string | null },
): Promise<{ readonly ok: boolean; readonly rehash: boolean }> {
  const decoy = await decoyOf(ctx.ports.passwords);
  const { ok, rehash } = await ctx.ports.passwords.verify(normal(password), hash ?? decoy);
  return { ok: ok && hash !== null, rehash };
}

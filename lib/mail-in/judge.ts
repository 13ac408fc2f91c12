import type { Ctx } from "../context.ts";
import { cleanText } from "../kernel/text.ts";
import { withoutTag } from "../mail-threads/mod.ts";
import { senderAddress } from "../ports/mail.ts";
import type { ParsedMail } from "../ports/mail-parser.ts";
import { registeredAmong } from "./places.ts";
import { machineReason, PER_SENDER } from "./policy.ts";

/** Why a mail becomes nothing and is not answered: a machine's, or one too many of its sender. null: it is heard. */
export async function whyIgnored(ctx: Ctx, mail: ParsedMail): Promise<string | null> {
  const machine = machineReason(mail, await ownAddresses(ctx, mail));
  if (machine !== null) return machine;
  const { allowed } = await ctx.ports.limiter.take(PER_SENDER, `${ctx.workspaceId} ${mail.from.address}`);
  return allowed ? null : "too_many";
}

/** The addresses that we send from and that customers write to. */
async function ownAddresses(ctx: Ctx, { from }: ParsedMail): Promise<ReadonlySet<string>> {
  const { config: { mail, mailIn }, workspaceId } = ctx;
  const registered = (await registeredAmong(ctx, [from.address])).filter((row) =>
    row.workspaceId === workspaceId
  );
  return new Set(
    [senderAddress(mail.from), mailIn.inbox, ...registered.map(() => from.address)].map(withoutTag),
  );
}

/** What a mail says of itself, as one line that fits. */
export function line(text: string): string {
  return cleanText(text).replace(/\s+/g, " ").trim().slice(0, 300).toWellFormed();
}

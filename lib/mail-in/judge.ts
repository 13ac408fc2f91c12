import type { Ctx } from "../context.ts";
import { cleanText } from "../kernel/text.ts";
import { withoutTag } from "../mail-threads/mod.ts";
import { senderAddress } from "../ports/mail.ts";
import type { MailAddress, ParsedMail } from "../ports/mail-parser.ts";
import { registeredAmong } from "./places.ts";
import { machineReason, PER_FORM, PER_SENDER, writerOf } from "./policy.ts";

export interface Judgement {
  /** Why a mail becomes nothing and is not answered: a machine's, or one too many of its sender. null: it is heard. */
  readonly reason: string | null;
  readonly writer: MailAddress;
}

export async function judge(ctx: Ctx, mail: ParsedMail): Promise<Judgement> {
  const own = await ownAddresses(ctx, mail);
  const writer = writerOf(mail, own);
  const machine = machineReason(mail, own);
  if (machine !== null) return { reason: machine, writer };
  const taken = [ctx.ports.limiter.take(PER_SENDER, `${ctx.workspaceId} ${writer.address}`)];
  if (writer !== mail.from) {
    taken.push(ctx.ports.limiter.take(PER_FORM, `${ctx.workspaceId} ${mail.from.address}`));
  }
  const allowed = (await Promise.all(taken)).every((one) => one.allowed);
  return { reason: allowed ? null : "too_many", writer };
}

/** The addresses that we send from and that customers write to. */
async function ownAddresses(ctx: Ctx, { from, replyTo }: ParsedMail): Promise<ReadonlySet<string>> {
  const { config: { mail, mailIn }, workspaceId } = ctx;
  const named = [from, ...replyTo === null ? [] : [replyTo]].map(({ address }) => address);
  const registered = (await registeredAmong(ctx, named)).filter((row) => row.workspaceId === workspaceId);
  return new Set(
    [senderAddress(mail.from), mailIn.inbox, ...registered.map(({ address }) => address)].map(withoutTag),
  );
}

/** What a mail says of itself, as one line that fits. */
export function line(text: string): string {
  return cleanText(text).replace(/\s+/g, " ").trim().slice(0, 300).toWellFormed();
}

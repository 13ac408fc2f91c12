import { z } from "zod";
import { type Ctx, publicAddress } from "../context.ts";
import type { Download } from "../conversations/mod.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { Locale } from "../identity/schemas.ts";
import { readAll } from "../ports/blobs.ts";
import type { EnclosedFile } from "../ports/mail.ts";
import { selectDelivery } from "./store-deliveries.ts";

/** A file that goes with a mail: in it, or by a link where it is too large. */
export const mailedFile = z.object({
  name: z.string(),
  contentType: z.string(),
  size: z.number(),
  blobKey: z.string(),
});
export type MailedFile = z.output<typeof mailedFile>;

/** Of all files in one mail; as it is written they take a third more, and mail servers take 10 MB. */
export const MOST_IN_MAIL = 7 * 1024 * 1024;
const MOST_FILES = 20;
const LINK_DAYS = 90;
const CONTEXT = "mail-file";
const linkSchema = z.tuple([z.string(), z.string(), z.int(), z.number()]);

export interface Enclosed {
  readonly files: EnclosedFile[];
  /** Said below the words of the mail, by language; "" where every file is in it. */
  readonly links: string;
}

const WORDS: Readonly<Record<Locale, string>> = { es: "Archivos:", en: "Files:" };

/** Puts a delivery's files into its mail as far as they fit, the first ones first; the others get links. */
export async function enclose(
  ctx: Ctx,
  { deliveryId, locale, given }: { deliveryId: string; locale: string; given: unknown },
): Promise<Enclosed> {
  const wanted = z.array(mailedFile).catch([]).parse(given ?? []);
  const files: EnclosedFile[] = [];
  const links: string[] = [];
  let room = MOST_IN_MAIL;
  for (const [at, { name, contentType, size, blobKey }] of wanted.entries()) {
    // What was deleted meanwhile is no more to be sent.
    const blob = await ctx.ports.blobs.get(blobKey);
    if (blob === null) continue;
    if (size <= room && files.length < MOST_FILES) {
      files.push({ name, contentType, bytes: await readAll(blob.body) });
      room -= size;
    } else {
      await blob.body.cancel();
      links.push(`${name}: ${await linkTo(ctx, { deliveryId, at })}`);
    }
  }
  const heading = locale === "en" ? WORDS.en : WORDS.es;
  return { files, links: links.length === 0 ? "" : `${heading}\n${links.join("\n")}` };
}

async function linkTo(ctx: Ctx, { deliveryId, at }: { deliveryId: string; at: number }): Promise<string> {
  const link = [ctx.workspaceId, deliveryId, at, ctx.now() + LINK_DAYS * DAY];
  return publicAddress(ctx, `/api/mail-files/${await ctx.ports.secrets.seal(JSON.stringify(link), CONTEXT)}`);
}

/** The file of a mail's link. Throws 404 for one that is not ours or has expired, 410 when the file is gone. */
export async function openMailFile(ctx: Ctx, { token }: { token: string }): Promise<Download> {
  const opened = await ctx.ports.secrets.open(token, CONTEXT).then(
    (text) => linkSchema.parse(JSON.parse(text)),
    () => null,
  );
  if (opened === null || opened[3] <= ctx.now()) {
    throw new AppError("not_found", "This link opens nothing (any more): ask for the file anew");
  }
  const [workspaceId, deliveryId, at] = opened;
  const delivery = await selectDelivery(ctx.as({ workspaceId }), deliveryId);
  const file = z.array(mailedFile).catch([]).parse(delivery?.extra?.["files"] ?? [])[at];
  const blob = file === undefined ? null : await ctx.ports.blobs.get(file.blobKey);
  if (file === undefined || blob === null) throw new AppError("gone", "This file was deleted");
  return { name: file.name, contentType: file.contentType, size: blob.size, body: blob.body };
}

import { z } from "zod";
import { type Ctx, publicAddress } from "../context.ts";
import { AppError } from "../kernel/errors.ts";

const CONTEXT = "report-link";

const linkSchema = z.tuple([z.string(), z.string(), z.number()]);

/** An address that opens one report's file without a sign-in until it expires. Sealed, so that none can be made up. */
export async function linkTo(
  ctx: Ctx,
  { reportId, expiresAt }: { reportId: string; expiresAt: number },
): Promise<string> {
  const token = await ctx.ports.secrets.seal(JSON.stringify([ctx.workspaceId, reportId, expiresAt]), CONTEXT);
  return publicAddress(ctx, `/api/reports/linked/${token}`);
}

/** What a link opens. Throws 404 for one that is not ours or has expired. */
export async function openLink(ctx: Ctx, token: string): Promise<{ reportId: string; workspaceId: string }> {
  const opened = await ctx.ports.secrets.open(token, CONTEXT).then(
    (text) => linkSchema.parse(JSON.parse(text)),
    () => null,
  );
  if (opened === null || opened[2] <= ctx.now()) {
    throw new AppError("not_found", "This link opens nothing (any more): ask for the report anew");
  }
  const [workspaceId, reportId] = opened;
  return { reportId, workspaceId };
}
